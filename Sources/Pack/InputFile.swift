import Glibc

/// A regular file opened for reading by position. A file cut short meanwhile is an error, never a signal.
struct InputFile: ~Copyable {
    let path: String
    let byteCount: Int
    private let descriptor: Int32

    init(_ path: String) throws(PackError) {
        // Without O_NONBLOCK, opening a pipe would wait for its writer.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            throw errno == ENOENT
                ? PackError(.missing, path, "no such file")
                : PackError(.unreadable, path, "cannot be read: \(systemErrorText())")
        }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            let isFolder = status.st_mode & S_IFMT == S_IFDIR
            throw PackError(.unreadable, path, isFolder ? "is a folder; name a file" : "is not a regular file")
        }
        self.path = path
        self.descriptor = descriptor
        byteCount = Int(status.st_size)
    }

    deinit { close(descriptor) }

    /// - Requires: the caller has checked the range against ``byteCount``.
    func bytes(at offset: Int, count: Int) throws(PackError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        try fill(&bytes, at: offset)
        return bytes
    }

    /// Fills an array of plain numbers with the little-endian bytes at `offset`.
    func fill<Number: BitwiseCopyable>(_ numbers: inout [Number], at offset: Int) throws(PackError) {
        var failure: PackError?
        numbers.withUnsafeMutableBytes { buffer in
            var done = 0
            while done < buffer.count {
                let count = pread(descriptor, buffer.baseAddress! + done, buffer.count - done, offset + done)
                if count > 0 {
                    done += count
                } else if count == 0 {
                    failure = PackError(.unreadable, path, "was cut short while it was read; try again")
                    return
                } else if errno != EINTR {
                    failure = PackError(.unreadable, path, "cannot be read: \(systemErrorText())")
                    return
                }
            }
        }
        if let failure { throw failure }
    }
}

/// What the system says about the call that just failed.
func systemErrorText() -> String { String(cString: strerror(errno)) }
