import GraphFiles
import SystemPackage

/// A file without a name in the folder for what passes, so that nothing is left of it however the program ends.
final class NamelessFile: Sendable {
    let descriptor: FileDescriptor

    init() throws(Errno) { descriptor = try .unnamedFile() }

    deinit { try? descriptor.close() }

    var byteCount: Int {
        get throws(Errno) {
            do { return Int(try descriptor.seek(offset: 0, from: .end)) } catch { throw error as? Errno ?? .ioError }
        }
    }

    /// Appends bytes; the system keeps the place.
    func append(_ bytes: some Sequence<UInt8>) throws(Errno) {
        do { _ = try descriptor.writeAll(bytes) } catch { throw error as? Errno ?? .ioError }
    }

    /// As many bytes from a place on as there are, at most `count`.
    func bytes(at offset: Int, count: Int) throws(Errno) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var filled = 0
        do {
            while filled < count {
                let read = try bytes.withUnsafeMutableBytes {
                    try descriptor.read(
                        fromAbsoluteOffset: Int64(offset + filled), into: UnsafeMutableRawBufferPointer(rebasing: $0[filled...]))
                }
                if read == 0 { break }
                filled += read
            }
        } catch {
            throw error as? Errno ?? .ioError
        }
        bytes.removeLast(count - filled)
        return bytes
    }
}
