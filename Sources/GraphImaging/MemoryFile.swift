import Glibc

/// A C stream whose bytes stay in memory.
final class MemoryFile {
    let file: UnsafeMutablePointer<FILE>
    /// The stream writes to both whenever it is flushed.
    private let bytes: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
    private let byteCount: UnsafeMutablePointer<Int>

    /// nil when there is no memory.
    init?() {
        bytes = .allocate(capacity: 1)
        bytes.initialize(to: nil)
        byteCount = .allocate(capacity: 1)
        byteCount.initialize(to: 0)
        guard let file = open_memstream(bytes, byteCount) else {
            bytes.deallocate()
            byteCount.deallocate()
            return nil
        }
        self.file = file
    }

    deinit {
        fclose(file)
        free(bytes.pointee)
        bytes.deallocate()
        byteCount.deallocate()
    }

    /// What was written before the last flush.
    var contents: [UInt8] {
        Array(UnsafeRawBufferPointer(start: bytes.pointee, count: byteCount.pointee))
    }
}
