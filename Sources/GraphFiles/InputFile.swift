import Glibc
import SystemPackage

/// A regular file opened for reading by position, or bytes in memory that stand for one.
///
/// A file cut short while it is read is an error, never a signal.
package final class InputFile: Sendable {
    /// How errors call it.
    package let path: String
    package let byteCount: Int
    private let contents: Contents

    private enum Contents {
        case file(Int32)
        case memory([UInt8])
    }

    /// - Parameter name: how errors call the file, if not by its path.
    package init(_ path: String, name: String? = nil) throws(FileError) {
        // Without O_NONBLOCK, opening a pipe would wait for its writer.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            throw .unreadable(path: path, errno == ENOENT ? .missing : .system(.latest))
        }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            throw .unreadable(path: path, status.st_mode & S_IFMT == S_IFDIR ? .isFolder : .isNotRegularFile)
        }
        self.path = name ?? path
        byteCount = Int(status.st_size)
        contents = .file(descriptor)
    }

    package init(_ bytes: [UInt8], name: String) {
        path = name
        byteCount = bytes.count
        contents = .memory(bytes)
    }

    deinit {
        if case .file(let descriptor) = contents { close(descriptor) }
    }

    /// The whole file as text.
    ///
    /// - Parameter byteLimit: a larger file is refused before anything is allocated for it.
    package static func text(_ path: String, byteLimit: Int) throws(FileError) -> String {
        let file = try InputFile(path)
        guard file.byteCount <= byteLimit else { throw .unreadable(path: path, .isLarger(byteLimit: byteLimit)) }
        guard let text = String(validating: try file.bytes(at: 0, count: file.byteCount), as: UTF8.self) else {
            throw .unreadable(path: path, .isNotText)
        }
        return text
    }

    /// - Requires: the caller has checked the range against ``byteCount``.
    package func bytes(at offset: Int, count: Int) throws(FileError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        try fill(&bytes, byteCount: count, at: offset)
        return bytes
    }

    /// Fills an array of plain numbers with the little-endian bytes at `offset`.
    ///
    /// - Parameter byteCount: how many bytes, if not as many as the array has.
    /// - Requires: the caller has checked the range against the file.
    package func fill<Number: BitwiseCopyable>(
        _ numbers: inout [Number], byteCount: Int? = nil, at offset: Int
    ) throws(FileError) {
        var failure: FileError?
        numbers.withUnsafeMutableBytes { buffer in
            let buffer = UnsafeMutableRawBufferPointer(rebasing: buffer[..<(byteCount ?? buffer.count)])
            switch contents {
            case .file(let descriptor): failure = fill(buffer, at: offset, of: descriptor)
            case .memory(let bytes): buffer.copyBytes(from: bytes[offset..<offset + buffer.count])
            }
        }
        if let failure { throw failure }
    }

    private func fill(_ buffer: UnsafeMutableRawBufferPointer, at offset: Int, of descriptor: Int32) -> FileError? {
        var done = 0
        while done < buffer.count {
            let count = pread(descriptor, buffer.baseAddress! + done, buffer.count - done, offset + done)
            if count > 0 {
                done += count
            } else if count == 0 {
                return .unreadable(path: path, .isCutShort)
            } else if errno != EINTR {
                return .unreadable(path: path, .system(.latest))
            }
        }
        return nil
    }
}
