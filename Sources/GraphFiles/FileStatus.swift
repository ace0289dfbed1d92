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
    /// When the file was written, and when it or what the system keeps of it was changed, in nanoseconds since 1970.
    private let modified, changed: Int

    package struct FileIdentity: Hashable, Sendable {
        fileprivate var device: UInt64
        fileprivate var inode: UInt64
    }

    /// What a file gets anew when its bytes are written or another file takes its name. Two writings within one tick of the
    /// system's clock may leave one stamp.
    package struct Stamp: Hashable, Sendable {
        fileprivate var identity: FileIdentity
        fileprivate var byteCount, modified, changed: Int

        /// What a file of its own on another machine would not have the same, but one that both machines see has.
        package var shared: [Int] { [Int(truncatingIfNeeded: identity.inode), byteCount, modified, changed] }

        /// Whether another writing from now on would leave another stamp, however coarse the file system's clock is.
        package var isSettled: Bool {
            var now = timespec()
            clock_gettime(CLOCK_REALTIME, &now)
            return now.nanoseconds - max(modified, changed) > 2_000_000_000
        }
    }

    package var stamp: Stamp { Stamp(identity: identity, byteCount: byteCount, modified: modified, changed: changed) }

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
        modified = status.st_mtim.nanoseconds
        changed = status.st_ctim.nanoseconds
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

extension timespec {
    fileprivate var nanoseconds: Int { Int(tv_sec) &* 1_000_000_000 &+ Int(tv_nsec) }
}
