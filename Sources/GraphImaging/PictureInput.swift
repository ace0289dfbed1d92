import Glibc
import GraphFiles
import SystemPackage

/// A picture's file, or bytes in memory that stand for one, opened for a decoder to read from its first byte on.
final class PictureInput {
    /// The file; nil for bytes in memory.
    let path: String?
    /// Open until this object goes.
    let file: UnsafeMutablePointer<FILE>
    /// Bytes of all of it; nil for a device or pipe.
    let byteCount: Int?
    /// The first ``PictureFormat/startByteCount`` bytes, or all of a shorter file.
    let start: [UInt8]

    /// What `file` reads, where that is memory.
    private let bytes: UnsafeMutableRawBufferPointer?

    /// - Throws: when the file is missing, a folder, or unreadable.
    init(path: String) throws(ImageError) {
        guard let file = fopen(path, "rbe") else {
            throw .file(.unreadable(path: path, errno == ENOENT ? .missing : .system(.latest)))
        }
        do throws(ImageError) {
            var status = stat()
            guard fstat(fileno(file), &status) == 0 else { throw .file(.unreadable(path: path, .system(.latest))) }
            let type = status.st_mode & S_IFMT
            guard type != S_IFDIR else { throw .file(.unreadable(path: path, .isFolder)) }
            start = try firstBytes(of: file, path: path)
            byteCount = type == S_IFREG ? Int(status.st_size) : nil
        } catch {
            fclose(file)
            throw error
        }
        self.path = path
        self.file = file
        bytes = nil
    }

    /// - Parameter bytes: the whole file, of which a copy is kept.
    /// - Throws: when there is no memory.
    init(_ bytes: [UInt8]) throws(ImageError) {
        // The C library opens no memory of 0 bytes.
        let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: max(bytes.count, 1), alignment: 1)
        copy.copyBytes(from: bytes)
        guard let file = fmemopen(copy.baseAddress, copy.count, "r") else {
            copy.deallocate()
            throw .outOfMemory(path: nil, .reading)
        }
        path = nil
        self.file = file
        byteCount = bytes.count
        start = Array(bytes.prefix(PictureFormat.startByteCount))
        self.bytes = copy
    }

    deinit {
        fclose(file)
        bytes?.deallocate()
    }

    /// Makes sure that the file begins as those of the format do.
    ///
    /// - Throws: what it is instead.
    func check(is format: PictureFormat) throws(ImageError) {
        if let refusal = format.refusal(of: start, path: path) { throw refusal }
    }

    /// The next bytes: as many as are asked for, or fewer at the end of the file. Memory grows with what arrives.
    func read(_ count: Int) throws(ImageError) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(min(count, byteCount ?? 0))
        while bytes.count < count {
            let done = bytes.count
            let piece = min(count - done, max(done, 1 << 16))
            bytes.append(contentsOf: repeatElement(0, count: piece))
            let arrived = bytes.withUnsafeMutableBytes { fread($0.baseAddress! + done, 1, piece, file) }
            bytes.removeLast(piece - arrived)
            if arrived < piece {
                if let error = systemError { throw error }
                break
            }
        }
        return bytes
    }

    /// What the system said when it refused to read on; nil where it did not. To be asked right after the call that failed.
    var systemError: ImageError? {
        let error = Errno.latest
        return ferror(file) == 0 ? nil : .file(.unreadable(path: path ?? "", .system(error)))
    }
}

/// The bytes that a stream begins with, which it hands out again.
private func firstBytes(of file: UnsafeMutablePointer<FILE>, path: String) throws(ImageError) -> [UInt8] {
    var start = [UInt8](repeating: 0, count: PictureFormat.startByteCount)
    let count = fread(&start, 1, start.count, file)
    guard ferror(file) == 0 else { throw .file(.unreadable(path: path, .system(.latest))) }
    start.removeLast(start.count - count)
    // Pipes cannot be sought in; GNU's library takes back any number of bytes.
    for byte in start.reversed() {
        guard ungetc(Int32(byte), file) != EOF else { throw .outOfMemory(path: path, .reading) }
    }
    return start
}
