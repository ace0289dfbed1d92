import Glibc
import SystemPackage

/// A file that appears under its name whole or not at all.
///
///     let file = try AtomicFile(path: path)
///     try file.append(bytes)
///     try file.synchronize()
///     try file.commit()
///
/// The bytes go to `.NAME.partial` in the same folder (of a long name, to its beginning and a digest), which
/// ``synchronize()`` brings to the disk and ``commit()`` renames. Until then the old file is as it was, and a file that is
/// dropped leaves nothing behind. What a killed writer left is removed by the next one of the same name; the lock on it tells
/// a dead writer from a live one.
/// A symbolic link goes on pointing at the file, and the file keeps its permissions.
public final class AtomicFile {
    /// As the caller named it.
    public let path: FilePath
    /// What the file is called until it is whole; nil for a device, which is written directly.
    public let partialPath: FilePath?
    /// Where the bytes go.
    public let descriptor: Int32

    /// Where the name points, through symbolic links.
    private let target: FilePath
    private let calls: FileCalls
    private var isPending = true
    /// What a signal that ends the process removes.
    private var pending: PendingFiles.Entry?

    /// - Parameter acceptsDevices: whether the name may be that of a device or pipe, which cannot be read back.
    public init(path: FilePath, acceptsDevices: Bool = false, calls: FileCalls = .system) throws(FileError) {
        self.path = path
        self.calls = calls
        guard !path.isEmpty else { throw .unwritable(path: path, .hasNoName) }
        let (target, status) = try path.writingTarget()
        self.target = target
        switch status?.kind {
        case .folder: throw .unwritable(path: path, .isFolder)
        case .other:
            guard acceptsDevices else { throw .unwritable(path: path, .isNotRegularFile) }
            partialPath = nil
            descriptor = target.withPlatformString { name in retried { open(name, O_WRONLY | O_CLOEXEC) } }
            guard descriptor >= 0 else { throw .unwritable(path: path, .system(.latest)) }
        case .file, .link, nil:
            // To rename over a file takes no permission to write it.
            if status != nil, calls.permitWriting(target) != 0 { throw .unwritable(path: path, .isProtected(.latest)) }
            let partial = target.partial
            let permissions = status.map { $0.permissions & 0o777 }
            partialPath = partial
            // Known before it is there, so that no signal finds it unknown.
            let pending = PendingFiles.add(partial)
            do {
                descriptor = try createPartial(partial, permissions: permissions ?? 0o666, for: path, in: target.folder)
            } catch {
                if let pending { PendingFiles.remove(pending) }
                throw error
            }
            self.pending = pending
            // What the process's mask took away.
            if let permissions { fchmod(descriptor, permissions) }
        }
    }

    /// Writes to what is open already, as a device is written.
    ///
    /// - Parameters:
    ///   - stream: is not closed.
    ///   - name: what errors call it.
    public init(stream: FileDescriptor, name: FilePath) throws(FileError) {
        path = name
        target = name
        partialPath = nil
        calls = .system
        descriptor = fcntl(stream.rawValue, F_DUPFD_CLOEXEC, 3)
        guard descriptor >= 0 else { throw .unwritable(path: name, .system(.latest)) }
    }

    /// Whether a file of this name could be written; nothing is written yet.
    public static func checkWritable(_ path: FilePath) throws(FileError) {
        let status = FileStatus(path)
        guard status?.kind != .folder else { throw .unwritable(path: path, .isFolder) }
        // A device or pipe is written where it is; a file is replaced by one beside it.
        guard status?.kind != .other else { return }
        let target = try path.writingTarget().path
        if status != nil, FileCalls.system.permitWriting(target) != 0 {
            throw .unwritable(path: path, .isProtected(.latest))
        }
        let folder = target.folder
        guard FileStatus.exists(folder) else { throw .unwritable(path: path, .lacksFolder(folder)) }
        guard FileCalls.system.permitWriting(folder) == 0 else {
            throw .unwritable(path: path, .folderIsClosed(folder, .latest))
        }
    }

    deinit {
        discard()
        close(descriptor)
    }

    /// Appends bytes as they are. A write that the system cuts short is continued.
    public func append(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
        var done = 0
        while done < bytes.count {
            let count = retried { calls.write(descriptor, bytes.baseAddress! + done, bytes.count - done) }
            guard count >= 0 else { throw failure(.latest) }
            done += count
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
        guard retried({ calls.synchronize(descriptor) }) == 0 else { throw failure(.latest) }
        posix_fadvise(descriptor, 0, 0, POSIX_FADV_DONTNEED)
    }

    /// Puts the file in its place, for good.
    ///
    /// - Requires: it has been synchronised.
    public func commit() throws(FileError) {
        guard let partialPath else { return }
        guard calls.rename(partialPath, target) == 0 else { throw failure(.latest) }
        settle()
        let folder = target.folder.withPlatformString { name in retried { open(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC) } }
        defer { if folder >= 0 { close(folder) } }
        // Some file systems have no folders to synchronise.
        guard folder >= 0, retried({ calls.synchronize(folder) }) == 0 || errno == EINVAL else {
            throw .unwritable(path: path, .folderIsNotSynchronized(.latest))
        }
    }

    /// The error for a call that failed; what was written so far is removed.
    public func failure(_ error: Errno) -> FileError {
        discard()
        return .unwritable(path: path, .system(error))
    }

    private func discard() {
        guard isPending, let partialPath else { return }
        _ = partialPath.withPlatformString(unlink)
        settle()
    }

    private func settle() {
        isPending = false
        if let pending { PendingFiles.remove(pending) }
        pending = nil
    }

    /// Writes a whole text, as a table of figures or a chart.
    public static func write(_ text: String, to path: FilePath) throws(FileError) {
        let file = try AtomicFile(path: path, acceptsDevices: true)
        try file.append(Array(text.utf8))
        try file.synchronize()
        try file.commit()
    }
}

/// The descriptor of a new, empty, locked partial file.
///
/// - Parameter permissions: those of the file to be, less what the process's mask takes away: who may not read that one
///   never opens this one.
private func createPartial(
    _ partialPath: FilePath, permissions: mode_t, for path: FilePath, in folder: FilePath
) throws(FileError) -> Int32 {
    // A second attempt follows the removal of a leftover; more are needed only beside other writers.
    for _ in 0..<16 {
        let created = partialPath.withPlatformString { name in
            retried { open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, permissions) }
        }
        if created >= 0 {
            if lock(created), isNamed(partialPath, created) { return created }
            close(created)
            continue
        }
        let error = Errno.latest
        if error == .noSuchFileOrDirectory, !FileStatus.exists(folder) {
            throw .unwritable(path: path, .lacksFolder(folder))
        }
        guard error == .fileExists else { throw .unwritable(path: path, .system(error)) }
        let leftover = partialPath.withPlatformString { open($0, O_WRONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC) }
        if leftover < 0 {
            if errno == ENOENT { continue }
            throw .unwritable(path: path, .isObstructed(by: partialPath))
        }
        defer { close(leftover) }
        guard lock(leftover) else { throw .unwritable(path: path, .isBeingWritten) }
        if isNamed(partialPath, leftover) { _ = partialPath.withPlatformString(unlink) }
    }
    throw .unwritable(path: path, .keepsBeingWritten)
}

/// Whether the file is now ours. File systems without locks have no second opinion.
private func lock(_ descriptor: Int32) -> Bool {
    flock(descriptor, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK
}

/// Whether the name still leads to the open file, which another writer may have renamed or removed.
private func isNamed(_ path: FilePath, _ descriptor: Int32) -> Bool {
    var named = stat()
    var opened = stat()
    return path.withPlatformString({ lstat($0, &named) }) == 0 && fstat(descriptor, &opened) == 0
        && named.st_dev == opened.st_dev && named.st_ino == opened.st_ino
}
