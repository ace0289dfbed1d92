import Glibc
import SystemPackage

/// What a path leads to, through symbolic links.
package struct FileStatus {
    package enum Kind {
        case file
        case folder
        /// A device, a pipe or a socket.
        case other
    }

    package let kind: Kind
    /// Bytes of a file; of others what the system says.
    package let byteCount: Int
    /// What tells a file from all others, under all its names.
    package let identity: FileIdentity

    package struct FileIdentity: Hashable {
        fileprivate var device: UInt64
        fileprivate var inode: UInt64
    }

    /// Nil where nothing is there, or nothing that may be looked at.
    package init?(_ path: FilePath) {
        var status = stat()
        guard path.withPlatformString({ stat($0, &status) }) == 0 else { return nil }
        self.init(status)
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
            default: .other
            }
        byteCount = Int(status.st_size)
        identity = FileIdentity(device: UInt64(status.st_dev), inode: UInt64(status.st_ino))
    }

    /// Whether there is a file or folder of this name.
    package static func exists(_ path: FilePath) -> Bool { path.withPlatformString { access($0, F_OK) } == 0 }
}
