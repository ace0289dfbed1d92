import Glibc
import SystemPackage

/// The names in a folder.
package struct Folder {
    package let path: String
    /// In the order of their bytes, without `.` and `..`.
    package let names: [String]

    /// - Throws: when the folder is missing or cannot be read.
    package init(_ path: String) throws(FileError) {
        guard let stream = opendir(path) else {
            switch Errno.latest {
            case .noSuchFileOrDirectory: throw .unreadable(path: path, .missingFolder)
            case .notDirectory: throw .unreadable(path: path, .isNotFolder)
            case let error: throw .unreadable(path: path, .system(error))
            }
        }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        self.path = path
        self.names = names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    /// Whether a folder is there and can be written to, or could be made; nothing is made yet.
    package static func checkWritable(_ path: String) throws(FileError) {
        guard let status = FileStatus(path) else { return try checkWritable(FilePath(path).folder.string) }
        guard status.kind == .folder else { throw .unwritable(path: path, .isNotFolder) }
        guard access(path, W_OK) == 0 else { throw .unwritable(path: path, .isClosed(.latest)) }
    }

    /// Makes a folder and those that lead to it, where they are missing.
    package static func make(_ path: String) throws(FileError) {
        if let status = FileStatus(path) {
            guard status.kind == .folder else { throw .unwritable(path: path, .isNotFolder) }
            return
        }
        let outer = FilePath(path).folder
        if outer != ".", !path.isEmpty { try make(outer.string) }
        guard mkdir(path, 0o777) == 0 || errno == EEXIST else { throw .unwritable(path: path, .cannotBeMade(.latest)) }
    }

    /// Removes a file of a folder.
    package static func removeFile(_ path: String) throws(FileError) {
        guard unlink(path) == 0 else { throw .unwritable(path: path, .cannotBeRemoved(.latest)) }
    }
}
