import Glibc

/// A file that appears under its name whole or not at all.
///
/// The bytes go to `.NAME.partial` in the same folder, which is synchronised, read back, renamed and
/// made durable by synchronising the folder. After any failure before the renaming the old file is as
/// it was and the partial one is gone. One that a killed writer left is removed by the next write of the same name; the
/// lock on it tells a dead writer from a live one.
struct AtomicFile: ~Copyable {
    private let path: String
    private let descriptor: Int32
    private let calls: FileCalls

    /// Replaces the file at `path` by what `contents` appends.
    ///
    /// - Parameter verify: reads the partial file back from the disk, and throws if it is not as it should be.
    static func write(
        to path: String, calls: FileCalls = .system, contents: (borrowing AtomicFile) throws(PackError) -> Void,
        verify: (_ partialPath: String) throws(PackError) -> Void = { (_) throws(PackError) in }
    ) throws(PackError) {
        let (folder, name) = split(path)
        try checkTarget(path, name: name)
        let partialPath = "\(folder)/.\(name).partial"
        let file = AtomicFile(path: path, descriptor: try createPartial(partialPath, for: path, in: folder), calls: calls)
        do throws(PackError) {
            try contents(file)
            guard calls.synchronize(file.descriptor) == 0 else { throw file.failure() }
            // What is read back shall come from the disk, not from the memory that was written.
            posix_fadvise(file.descriptor, 0, 0, POSIX_FADV_DONTNEED)
            try verify(partialPath)
            guard calls.rename(partialPath, path) == 0 else { throw file.failure() }
        } catch {
            unlink(partialPath)
            throw error
        }
        try synchronizeFolder(folder, of: path, calls)
    }

    deinit { close(descriptor) }

    func append(_ bytes: UnsafeRawBufferPointer) throws(PackError) {
        var done = 0
        while done < bytes.count {
            let count = calls.write(descriptor, bytes.baseAddress! + done, bytes.count - done)
            if count >= 0 {
                done += count
            } else if errno != EINTR {
                throw failure()
            }
        }
    }

    /// Appends plain numbers as they lie in memory, little-endian.
    func append<Number: BitwiseCopyable>(_ numbers: [Number]) throws(PackError) {
        var failure: PackError?
        numbers.withUnsafeBytes { bytes in
            do throws(PackError) { try append(bytes) } catch { failure = error }
        }
        if let failure { throw failure }
    }

    private func failure() -> PackError {
        PackError(.unwritable, path, "cannot be written: \(systemErrorText())")
    }
}

extension AtomicFile {
    private static func split(_ path: String) -> (folder: String, name: String) {
        guard let slash = path.lastIndex(of: "/") else { return (".", path) }
        let folder = path[..<slash]
        return (folder.isEmpty ? "/." : String(folder), String(path[path.index(after: slash)...]))
    }

    /// Refuses folders, and devices, which the rename would replace.
    private static func checkTarget(_ path: String, name: String) throws(PackError) {
        var status = stat()
        let exists = stat(path, &status) == 0
        guard !path.isEmpty else { throw PackError(.unwritable, path, "cannot be written: the name is empty") }
        if name.isEmpty || exists && status.st_mode & S_IFMT == S_IFDIR {
            throw PackError(.unwritable, path, "cannot be written: it is a folder; name a file inside it")
        }
        guard !exists || status.st_mode & S_IFMT == S_IFREG else {
            throw PackError(.unwritable, path, "cannot be written: it is not a regular file")
        }
    }

    /// The descriptor of a new, empty, locked partial file.
    private static func createPartial(
        _ partialPath: String, for path: String, in folder: String
    ) throws(PackError) -> Int32 {
        // A second attempt follows the removal of a leftover; more are needed only beside other writers.
        for _ in 0..<16 {
            let created = open(partialPath, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
            if created >= 0 {
                if lock(created), isNamed(partialPath, created) { return created }
                close(created)
                continue
            }
            if errno == ENOENT {
                throw PackError(.unwritable, path, "cannot be written: there is no folder '\(folder)'; make it first")
            }
            guard errno == EEXIST else {
                throw PackError(.unwritable, path, "cannot be written: \(systemErrorText())")
            }
            let leftover = open(partialPath, O_WRONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
            if leftover < 0 {
                if errno == ENOENT { continue }
                throw PackError(
                    .unwritable, path, "cannot be written: '\(partialPath)' is in the way; remove it")
            }
            defer { close(leftover) }
            guard lock(leftover) else {
                throw PackError(.unwritable, path, "cannot be written: another program is writing it now")
            }
            if isNamed(partialPath, leftover) { unlink(partialPath) }
        }
        throw PackError(.unwritable, path, "cannot be written: other programs keep writing it")
    }

    /// Whether the file is now ours. File systems without locks have no second opinion.
    private static func lock(_ descriptor: Int32) -> Bool {
        flock(descriptor, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK
    }

    /// Whether the name still leads to the open file, which another writer may have renamed or removed.
    private static func isNamed(_ path: String, _ descriptor: Int32) -> Bool {
        var named = stat()
        var opened = stat()
        return lstat(path, &named) == 0 && fstat(descriptor, &opened) == 0
            && named.st_dev == opened.st_dev && named.st_ino == opened.st_ino
    }

    private static func synchronizeFolder(
        _ folder: String, of path: String, _ calls: FileCalls
    ) throws(PackError) {
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        defer { if descriptor >= 0 { close(descriptor) } }
        guard descriptor >= 0, calls.synchronize(descriptor) == 0 else {
            throw PackError(
                .unwritable, path, "is written, but its folder cannot be synchronised: \(systemErrorText())")
        }
    }
}
