import Glibc
import SystemPackage

extension FileDescriptor {
    /// A new, empty file without a name, so that nothing is left of it however the program ends; to be read and written.
    ///
    /// - Parameter folder: where its bytes lie; that of what passes unless it is named.
    package static func unnamedFile(in folder: FilePath = .folderOfWhatPasses) throws(Errno) -> FileDescriptor {
        var template = folder.appending(".graphrun-XXXXXX").bytes.map(CChar.init(bitPattern:)) + [0]
        let created = mkstemp(&template)
        guard created >= 0 else { throw .latest }
        _ = fcntl(created, F_SETFD, FD_CLOEXEC)
        unlink(template)
        return FileDescriptor(rawValue: created)
    }
}

extension FilePath {
    /// `TMPDIR`, or `/tmp`.
    package static var folderOfWhatPasses: FilePath {
        let own = getenv("TMPDIR").map { FilePath(platformString: $0) }
        return if let own, !own.isEmpty { own } else { "/tmp" }
    }
}
