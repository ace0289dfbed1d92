import Glibc
import SystemPackage

/// A regular file opened for reading by position, or bytes in memory that stand for one.
///
/// A file cut short while it is read is an error, never a signal.
package final class InputFile: Sendable {
    /// How errors call it.
    package let path: FilePath
    package let byteCount: Int
    private let contents: Contents

    private enum Contents {
        case file(Int32)
        case memory([UInt8])
    }

    /// - Parameter name: how errors call the file, if not by its path.
    package init(_ path: FilePath, name: FilePath? = nil) throws(FileError) {
        // Without O_NONBLOCK, opening a pipe would wait for its writer.
        let descriptor = path.withPlatformString { name in retried { open(name, O_RDONLY | O_CLOEXEC | O_NONBLOCK) } }
        guard descriptor >= 0 else {
            throw .unreadable(path: path, errno == ENOENT ? .missing : .system(.latest))
        }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            let error = Errno.latest
            close(descriptor)
            throw .unreadable(path: path, .system(error))
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            throw .unreadable(path: path, status.st_mode & S_IFMT == S_IFDIR ? .isFolder : .isNotRegularFile)
        }
        self.path = name ?? path
        byteCount = Int(status.st_size)
        contents = .file(descriptor)
    }

    /// Opens a file; what is no regular file, as a pipe, is copied to its end.
    package init(orCopyOf path: FilePath) throws(FileError) {
        let descriptor = path.withPlatformString { name in retried { open(name, O_RDONLY | O_CLOEXEC) } }
        guard descriptor >= 0 else { throw .unreadable(path: path, errno == ENOENT ? .missing : .system(.latest)) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            let error = Errno.latest
            close(descriptor)
            throw .unreadable(path: path, .system(error))
        }
        switch status.st_mode & S_IFMT {
        case S_IFREG:
            contents = .file(descriptor)
            byteCount = Int(status.st_size)
        case S_IFDIR:
            close(descriptor)
            throw .unreadable(path: path, .isFolder)
        default:
            defer { close(descriptor) }
            (contents, byteCount) = try Self.copy(of: FileDescriptor(rawValue: descriptor), path: path)
        }
        self.path = path
    }

    /// Copies what a stream gives to its end.
    ///
    /// - Parameters:
    ///   - descriptor: is not closed.
    ///   - start: what was read of the stream before.
    package init(
        copying descriptor: FileDescriptor, startingWith start: [UInt8] = [], name: FilePath
    ) throws(FileError) {
        path = name
        (contents, byteCount) = try Self.copy(of: descriptor, startingWith: start, path: name)
    }

    /// A file without a name, in the folder for what passes.
    private static func copy(
        of descriptor: FileDescriptor, startingWith start: [UInt8] = [], path: FilePath
    ) throws(FileError) -> (Contents, Int) {
        let copy: Int32
        do { copy = try FileDescriptor.unnamedFile().rawValue } catch { throw .unreadable(path: path, .cannotBeCopied(error)) }
        var buffer = start + [UInt8](repeating: 0, count: max(0, 1 << 16 - start.count))
        var byteCount = 0
        var count = start.count
        while true {
            var done = 0
            while done < count {
                let written = buffer.withUnsafeBytes { bytes in
                    retried { pwrite(copy, bytes.baseAddress! + done, count - done, off_t(byteCount + done)) }
                }
                guard written > 0 else {
                    let error = Errno.latest
                    close(copy)
                    throw .unreadable(path: path, .cannotBeCopied(error))
                }
                done += written
            }
            byteCount += count
            count = retried { Glibc.read(descriptor.rawValue, &buffer, buffer.count) }
            guard count >= 0 else {
                let error = Errno.latest
                close(copy)
                throw .unreadable(path: path, .system(error))
            }
            if count == 0 { return (.file(copy), byteCount) }
        }
    }

    package init(_ bytes: [UInt8], name: FilePath) {
        path = name
        byteCount = bytes.count
        contents = .memory(bytes)
    }

    deinit {
        if case .file(let descriptor) = contents { close(descriptor) }
    }

    /// What the system says of the file now; nil of bytes in memory.
    package var status: FileStatus? {
        guard case .file(let descriptor) = contents else { return nil }
        return FileStatus(FileDescriptor(rawValue: descriptor))
    }

    /// The whole file as text.
    ///
    /// - Parameter byteLimit: a larger file is refused before anything is allocated for it.
    package static func text(_ path: FilePath, byteLimit: Int) throws(FileError) -> String {
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

    /// Reads as many bytes as the buffer holds, or as are left.
    package func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(FileError) -> Int {
        let count = min(buffer.count, byteCount - offset)
        guard count > 0 else { return 0 }
        if let failure = fill(UnsafeMutableRawBufferPointer(rebasing: buffer[..<count]), at: offset) { throw failure }
        return count
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
            failure = fill(buffer, at: offset)
        }
        if let failure { throw failure }
    }

    private func fill(_ buffer: UnsafeMutableRawBufferPointer, at offset: Int) -> FileError? {
        let descriptor: Int32
        switch contents {
        case .file(let file): descriptor = file
        case .memory(let bytes):
            buffer.copyBytes(from: bytes[offset..<offset + buffer.count])
            return nil
        }
        var done = 0
        while done < buffer.count {
            let count = retried { pread(descriptor, buffer.baseAddress! + done, buffer.count - done, offset + done) }
            guard count > 0 else { return .unreadable(path: path, count == 0 ? .isCutShort : .system(.latest)) }
            done += count
        }
        return nil
    }
}
