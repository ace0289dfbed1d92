import Glibc
import SystemPackage

extension FilePath {
    /// Where a file of this name is written: what it leads to through symbolic links, if that is there.
    ///
    /// - Throws: where somebody else may have put the link or file there to have it written; when the system does not say
    ///   what is there.
    func writingTarget() throws(FileError) -> (path: FilePath, status: FileStatus?) {
        var target = self
        // As many links as Linux follows.
        for _ in 0..<40 {
            let found: FileStatus?
            do { found = try FileStatus.found(target, followingLinks: false) } catch {
                throw .unwritable(path: self, .system(error))
            }
            // A link that leads nowhere is replaced itself, and so are the system's own, which lead to what is open.
            guard let found else { return (self, try status(of: self)) }
            if found.kind != .file, found.kind != .folder { try checkIsNotPlanted(found, in: target.folder) }
            guard found.kind == .link else { return (target, found) }
            guard let next = target.linkDestination else { throw .unwritable(path: self, .system(.latest)) }
            target = target.folder.pushing(next)
        }
        throw .unwritable(path: self, .system(.tooManySymbolicLinkLevels))
    }

    private func status(of path: FilePath) throws(FileError) -> FileStatus? {
        do { return try FileStatus.found(path) } catch { throw .unwritable(path: self, .system(error)) }
    }

    /// In a folder like `/tmp`, where all may write and none may remove what is another's, a link or pipe may be a trap: the
    /// kernel's `protected_symlinks` and `protected_fifos` go by the same rule.
    private func checkIsNotPlanted(_ found: FileStatus, in folder: FilePath) throws(FileError) {
        let around: FileStatus?
        do { around = try FileStatus.found(folder) } catch { throw .unwritable(path: self, .system(error)) }
        guard let around, found.isPlanted(in: around, user: geteuid()) else { return }
        throw .unwritable(path: self, .isAnothers(in: folder))
    }

    /// What a symbolic link holds.
    private var linkDestination: FilePath? {
        var bytes = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
        let count = withPlatformString { readlink($0, &bytes, bytes.count - 1) }
        return count < 0 ? nil : FilePath(platformString: bytes)
    }
}

extension FileStatus {
    /// Whether a link or pipe in this folder is neither the user's nor the folder's owner's, though all may write there.
    func isPlanted(in folder: FileStatus, user: UInt32) -> Bool {
        let isSharedBySticking = folder.permissions & (S_ISVTX | S_IWOTH) == S_ISVTX | S_IWOTH
        return isSharedBySticking && owner != user && owner != folder.owner
    }
}
