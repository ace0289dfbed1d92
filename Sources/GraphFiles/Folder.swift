import Glibc
import SystemPackage

/// The names in a folder.
package struct Folder {
    package let path: FilePath
    /// In the order of their bytes, without `.` and `..`.
    package let names: [FilePath.Component]

    /// - Throws: when the folder is missing or cannot be read.
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
        while let entry = readdir(stream) {
            let bytes = withUnsafeBytes(of: &entry.pointee.d_name) { $0.prefix { $0 != 0 } + [0] }
            let name = FilePath.Component(platformString: bytes.map(CChar.init(bitPattern:)))
            if let name, name.kind == .regular { names.append(name) }
        }
        self.path = path
        self.names = names.sorted { $0.bytes.lexicographicallyPrecedes($1.bytes) }
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
