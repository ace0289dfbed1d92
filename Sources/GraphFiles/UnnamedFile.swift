import Glibc
import SystemPackage

extension FileDescriptor {
    /// A new, empty file without a name, so that nothing is left of it however the program ends; to be read and written.
    ///
    /// - Parameter folder: where its bytes lie; nil for the folder of what passes, `TMPDIR` or `/tmp`.
    package static func unnamedFile(in folder: FilePath? = nil) throws(Errno) -> FileDescriptor {
        let own = getenv("TMPDIR").map { FilePath(platformString: $0) }
        let passing: FilePath = if let own, !own.isEmpty { own } else { "/tmp" }
        var template = (folder ?? passing).appending(".graphrun-XXXXXX").bytes.map(CChar.init(bitPattern:)) + [0]
        let created = mkstemp(&template)
        guard created >= 0 else { throw .latest }
        _ = fcntl(created, F_SETFD, FD_CLOEXEC)
        unlink(template)
        return FileDescriptor(rawValue: created)
    }
}
