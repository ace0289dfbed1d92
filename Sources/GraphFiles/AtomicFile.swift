import Glibc

/// A file that appears under its name whole or not at all.
///
///     let file = try AtomicFile(path: path)
///     try file.append(bytes)
///     try file.synchronize()
///     try file.commit()
///
/// The bytes go to `.NAME.partial` in the same folder, which ``synchronize()`` brings to the disk and ``commit()``
/// renames. Until then the old file is as it was, and a file that is dropped leaves nothing behind. What a killed
/// writer left is removed by the next one of the same name; the lock on it tells a dead writer from a live one.
/// A symbolic link goes on pointing at the file, and the file keeps its permissions.
public final class AtomicFile {
    /// As the caller named it.
    public let path: String
    /// What the file is called until it is whole; nil for a device, which is written directly.
    public let partialPath: String?
    /// Where the bytes go.
    public let descriptor: Int32

    /// Where the name points, through symbolic links.
    private let target: String
    private let calls: FileCalls
    private var isPending = true

    /// - Parameter acceptsDevices: whether the name may be that of a device or pipe, which cannot be read back.
    public init(path: String, acceptsDevices: Bool = false, calls: FileCalls = .system) throws(FileError) {
        self.path = path
        self.calls = calls
        target = resolvedLinks(path)
        guard !path.isEmpty else { throw FileError(path, "cannot be written: the name is empty") }
        var status = stat()
        let exists = stat(target, &status) == 0
        let type = status.st_mode & S_IFMT
        if path.hasSuffix("/") || exists && type == S_IFDIR {
            throw FileError(path, "cannot be written: it is a folder; name a file inside it")
        }
        if exists, type != S_IFREG {
            guard acceptsDevices else { throw FileError(path, "cannot be written: it is not a regular file") }
            partialPath = nil
            descriptor = open(target, O_WRONLY | O_CLOEXEC)
            guard descriptor >= 0 else { throw FileError(path, writing: errno) }
        } else {
            let (folder, name) = split(target)
            let partial = "\(folder)/.\(name).partial"
            partialPath = partial
            descriptor = try createPartial(partial, for: path, in: folder)
            if exists { fchmod(descriptor, status.st_mode & 0o777) }
        }
    }

    deinit {
        discard()
        close(descriptor)
    }

    public func append(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
        var done = 0
        while done < bytes.count {
            let count = calls.write(descriptor, bytes.baseAddress! + done, bytes.count - done)
            if count >= 0 {
                done += count
            } else if errno != EINTR {
                throw failure(errno)
            }
        }
    }

    /// Appends plain numbers as they lie in memory, little-endian.
    public func append<Number: BitwiseCopyable>(_ numbers: [Number]) throws(FileError) {
        let failure: FileError? = numbers.withUnsafeBytes { bytes in
            do throws(FileError) { try append(bytes) } catch { return error }
            return nil
        }
        if let failure { throw failure }
    }

    /// Brings the bytes to the disk; what is read of the partial file from now on comes from there.
    public func synchronize() throws(FileError) {
        guard partialPath != nil else { return }
        guard calls.synchronize(descriptor) == 0 else { throw failure(errno) }
        posix_fadvise(descriptor, 0, 0, POSIX_FADV_DONTNEED)
    }

    /// Puts the file in its place, for good.
    ///
    /// - Requires: it has been synchronised.
    public func commit() throws(FileError) {
        guard let partialPath else { return }
        guard calls.rename(partialPath, target) == 0 else { throw failure(errno) }
        isPending = false
        let folder = open(split(target).folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        defer { if folder >= 0 { close(folder) } }
        // Some file systems have no folders to synchronise.
        guard folder >= 0, calls.synchronize(folder) == 0 || errno == EINVAL else {
            throw FileError(path, "is written, but its folder cannot be synchronised: \(systemText(errno))")
        }
    }

    /// The error for a call that failed; what was written so far is removed.
    public func failure(_ systemError: Int32) -> FileError {
        discard()
        return FileError(path, writing: systemError)
    }

    private func discard() {
        guard isPending, let partialPath else { return }
        isPending = false
        unlink(partialPath)
    }

    /// Writes a whole text, as a table of figures or a chart.
    public static func write(_ text: String, to path: String) throws(FileError) {
        let file = try AtomicFile(path: path, acceptsDevices: true)
        try file.append(Array(text.utf8))
        try file.synchronize()
        try file.commit()
    }
}

/// Why a file cannot be written, and what to do about it, in one line.
public struct FileError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The file, as the caller named it.
    public var path: String
    public var problem: String

    init(_ path: String, _ problem: String) {
        self.path = path
        self.problem = problem
    }

    init(_ path: String, writing systemError: Int32) {
        let advice = systemError == ENOSPC || systemError == EDQUOT ? "; free some space or write elsewhere" : ""
        self.init(path, "cannot be written: \(systemText(systemError))\(advice)")
    }

    public var description: String { "\(path): \(problem)" }
}

/// The descriptor of a new, empty, locked partial file.
private func createPartial(_ partialPath: String, for path: String, in folder: String) throws(FileError) -> Int32 {
    // A second attempt follows the removal of a leftover; more are needed only beside other writers.
    for _ in 0..<16 {
        let created = open(partialPath, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        if created >= 0 {
            if lock(created), isNamed(partialPath, created) { return created }
            close(created)
            continue
        }
        let systemError = errno
        if systemError == ENOENT, access(folder, F_OK) != 0 {
            throw FileError(path, "cannot be written: there is no folder '\(folder)'; make it first")
        }
        guard systemError == EEXIST else { throw FileError(path, writing: systemError) }
        let leftover = open(partialPath, O_WRONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        if leftover < 0 {
            if errno == ENOENT { continue }
            throw FileError(path, "cannot be written: '\(partialPath)' is in the way; remove it")
        }
        defer { close(leftover) }
        guard lock(leftover) else { throw FileError(path, "cannot be written: another program is writing it now") }
        if isNamed(partialPath, leftover) { unlink(partialPath) }
    }
    throw FileError(path, "cannot be written: other programs keep writing it")
}

/// Whether the file is now ours. File systems without locks have no second opinion.
private func lock(_ descriptor: Int32) -> Bool {
    flock(descriptor, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK
}

/// Whether the name still leads to the open file, which another writer may have renamed or removed.
private func isNamed(_ path: String, _ descriptor: Int32) -> Bool {
    var named = stat()
    var opened = stat()
    return lstat(path, &named) == 0 && fstat(descriptor, &opened) == 0
        && named.st_dev == opened.st_dev && named.st_ino == opened.st_ino
}

private func split(_ path: String) -> (folder: String, name: String) {
    guard let slash = path.lastIndex(of: "/") else { return (".", path) }
    let folder = path[..<slash]
    return (folder.isEmpty ? "/." : String(folder), String(path[path.index(after: slash)...]))
}

/// `path`, or what it points to when it is a symbolic link to something that exists.
private func resolvedLinks(_ path: String) -> String {
    guard let resolved = realpath(path, nil) else { return path }
    defer { free(resolved) }
    return String(cString: resolved)
}

private func systemText(_ systemError: Int32) -> String { String(cString: strerror(systemError)) }
