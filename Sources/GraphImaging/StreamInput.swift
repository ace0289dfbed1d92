import Glibc
import GraphFiles
import SystemPackage

/// Bytes that come one after another and are read once, as from a pipe.
final class StreamInput {
    /// How errors call it; nil for bytes in memory.
    let path: FilePath?
    /// Bytes of all of it; nil of a pipe or device.
    let byteCount: Int?

    private let descriptor: Int32?
    private let isOwned: Bool
    /// What has arrived and was not handed out: from `place` on.
    private var buffer: [UInt8]
    private var place = 0

    /// Opens a file, a pipe or a device.
    init(path: FilePath) throws(FileError) {
        let descriptor = path.withPlatformString { name in retried { open(name, O_RDONLY | O_CLOEXEC) } }
        guard descriptor >= 0 else { throw .unreadable(path: path, errno == ENOENT ? .missing : .system(.latest)) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            let error = Errno.latest
            close(descriptor)
            throw .unreadable(path: path, .system(error))
        }
        if status.st_mode & S_IFMT == S_IFDIR {
            close(descriptor)
            throw .unreadable(path: path, .isFolder)
        }
        self.path = path
        self.descriptor = descriptor
        isOwned = true
        byteCount = status.st_mode & S_IFMT == S_IFREG ? Int(status.st_size) : nil
        buffer = []
    }

    /// - Parameters:
    ///   - descriptor: is not closed.
    ///   - name: how errors call it.
    init(_ descriptor: FileDescriptor, name: FilePath) {
        path = name
        self.descriptor = descriptor.rawValue
        isOwned = false
        byteCount = nil
        buffer = []
    }

    init(_ bytes: [UInt8]) {
        path = nil
        descriptor = nil
        isOwned = false
        byteCount = bytes.count
        buffer = bytes
    }

    deinit {
        if isOwned, let descriptor { close(descriptor) }
    }

    /// The next bytes, which stay to be read: so many, or all where it ends before.
    func start(_ count: Int) throws(FileError) -> ArraySlice<UInt8> {
        while buffer.count - place < count {
            var piece = [UInt8](repeating: 0, count: 1 << 16)
            let arrived = try piece.withUnsafeMutableBufferPointer { (bytes) throws(FileError) in
                try readOn(into: UnsafeMutableRawBufferPointer(bytes))
            }
            if arrived == 0 { break }
            buffer.removeFirst(place)
            place = 0
            buffer += piece.prefix(arrived)
        }
        return buffer[place..<min(place + count, buffer.count)]
    }

    /// Hands out what ``start(_:)`` showed.
    func skip(_ count: Int) { place += count }

    /// The next bytes: so many, or fewer where it ends before. Memory grows with what arrives.
    func bytes(_ count: Int) throws(FileError) -> [UInt8] {
        let held = min(count, buffer.count - place)
        var bytes = Array(buffer[place..<place + held])
        place += held
        while bytes.count < count {
            let done = bytes.count
            let piece = min(count - done, max(done, 1 << 16))
            bytes.append(contentsOf: repeatElement(0, count: piece))
            let arrived = try bytes.withUnsafeMutableBufferPointer { (bytes) throws(FileError) in
                try readOn(into: UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(bytes)[done...]))
            }
            bytes.removeLast(piece - arrived)
            if arrived == 0 { break }
        }
        return bytes
    }

    /// All that stays, as a file that can be read from its first byte as often as is wanted.
    func copy() throws(FileError) -> InputFile {
        let rest = Array(buffer[place...])
        guard let descriptor else { return InputFile(rest, name: "") }
        return try InputFile(copying: FileDescriptor(rawValue: descriptor), startingWith: rest, name: path ?? "")
    }

    /// - Returns: how many bytes arrived; 0 at the end.
    private func readOn(into bytes: UnsafeMutableRawBufferPointer) throws(FileError) -> Int {
        guard let descriptor else { return 0 }
        let count = retried { read(descriptor, bytes.baseAddress, bytes.count) }
        guard count >= 0 else { throw .unreadable(path: path ?? "", .system(.latest)) }
        return count
    }
}
