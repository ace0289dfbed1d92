import Glibc
import SystemPackage

/// The names in a folder, and what they lead to.
package struct Folder {
    package let path: FilePath
    /// In the order of the names' bytes, without `.` and `..`. The kind is nil for a link that leads nowhere.
    package let entries: [(name: FilePath.Component, kind: FileStatus.Kind?)]

    /// In the order of their bytes.
    package var names: [FilePath.Component] { entries.map(\.name) }

    /// - Throws: when the folder is missing or cannot be read, or the system does not say what a name leads to.
    package init(_ path: FilePath) throws(FileError) {
        guard let stream = path.withPlatformString(opendir) else {
            switch Errno.latest {
            case .noSuchFileOrDirectory: throw .unreadable(path: path, .missingFolder)
            case .notDirectory: throw .unreadable(path: path, .isNotFolder)
            case let error: throw .unreadable(path: path, .system(error))
            }
        }
        defer { closedir(stream) }
        var names: [FilePath.Component] = []
        while true {
            errno = 0
            guard let entry = readdir(stream) else {
                guard errno == 0 else { throw .unreadable(path: path, .system(.latest)) }
                break
            }
            let bytes = withUnsafeBytes(of: &entry.pointee.d_name) { $0.prefix { $0 != 0 } + [0] }
            let name = FilePath.Component(platformString: bytes.map(CChar.init(bitPattern:)))
            if let name, name.kind == .regular { names.append(name) }
        }
        self.path = path
        entries = try names.sorted { $0.bytes.lexicographicallyPrecedes($1.bytes) }.map { (name) throws(FileError) in
            let entry = path.appending(name)
            do throws(Errno) { return (name, try FileStatus.found(entry)?.kind) } catch {
                throw .unreadable(path: entry, .system(error))
            }
        }
    }

    /// Whether a folder is there and can be written to, or could be made; nothing is made yet.
    package static func checkWritable(_ path: FilePath) throws(FileError) {
        guard let status = FileStatus(path) else { return try checkWritable(path.folder) }
        guard status.kind == .folder else { throw .unwritable(path: path, .isNotFolder) }
        guard path.withPlatformString({ access($0, W_OK) }) == 0 else { throw .unwritable(path: path, .isClosed(.latest)) }
    }

    /// Makes a folder and those that lead to it, where they are missing.
    package static func make(_ path: FilePath) throws(FileError) {
        if let status = FileStatus(path) {
            guard status.kind == .folder else { throw .unwritable(path: path, .isNotFolder) }
            return
        }
        let outer = path.folder
        if outer != ".", !path.isEmpty { try make(outer) }
        guard path.withPlatformString({ mkdir($0, 0o777) }) == 0 || errno == EEXIST else {
            throw .unwritable(path: path, .cannotBeMade(.latest))
        }
    }

    /// Removes a file of a folder.
    package static func removeFile(_ path: FilePath) throws(FileError) {
        guard path.withPlatformString(unlink) == 0 else { throw .unwritable(path: path, .cannotBeRemoved(.latest)) }
    }
}
