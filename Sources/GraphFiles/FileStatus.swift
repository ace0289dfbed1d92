import Glibc
import SystemPackage

/// What a path leads to.
package struct FileStatus {
    package enum Kind {
        case file
        case folder
        case link
        /// A device, a pipe or a socket.
        case other
    }

    package let kind: Kind
    /// Bytes of a file; of others what the system says.
    package let byteCount: Int
    /// What tells a file from all others, under all its names.
    package let identity: FileIdentity
    /// Who may do what, as `chmod` takes it.
    package let permissions: mode_t
    /// The user that it belongs to.
    package let owner: uid_t

    package struct FileIdentity: Hashable {
        fileprivate var device: UInt64
        fileprivate var inode: UInt64
    }

    /// Nil where nothing is there, or nothing that may be looked at; through symbolic links.
    package init?(_ path: FilePath) {
        guard let found = try? Self.found(path) else { return nil }
        self = found
    }

    /// Nil of a descriptor that is closed.
    package init?(_ descriptor: FileDescriptor) {
        var status = stat()
        guard fstat(descriptor.rawValue, &status) == 0 else { return nil }
        self.init(status)
    }

    private init(_ status: stat) {
        kind =
            switch status.st_mode & S_IFMT {
            case S_IFREG: .file
            case S_IFDIR: .folder
            case S_IFLNK: .link
            default: .other
            }
        byteCount = Int(status.st_size)
        identity = FileIdentity(device: UInt64(status.st_dev), inode: UInt64(status.st_ino))
        permissions = status.st_mode & ~S_IFMT
        owner = status.st_uid
    }

    /// Nil where nothing is there.
    ///
    /// - Throws: when the system does not say whether something is.
    package static func found(_ path: FilePath, followingLinks: Bool = true) throws(Errno) -> FileStatus? {
        var status = stat()
        let result = path.withPlatformString { followingLinks ? stat($0, &status) : lstat($0, &status) }
        if result == 0 { return FileStatus(status) }
        let error = Errno.latest
        // Links that lead to each other lead nowhere.
        if [.noSuchFileOrDirectory, .notDirectory, .tooManySymbolicLinkLevels].contains(error) { return nil }
        throw error
    }

    /// Whether there is a file or folder of this name, or may be: only what is surely missing is not there.
    package static func exists(_ path: FilePath) -> Bool {
        path.withPlatformString { access($0, F_OK) } == 0 || ![ENOENT, ENOTDIR, ENAMETOOLONG].contains(errno)
    }
}
