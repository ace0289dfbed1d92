import Glibc

/// The names in a folder.
struct Folder {
    let path: String
    /// In the order of their bytes, without `.` and `..`.
    let names: [String]

    /// - Throws: when the folder is missing or cannot be read.
    init(_ path: String) throws(TrainingError) {
        guard let stream = opendir(path) else {
            let reason =
                switch errno {
                case ENOENT: "there is no such folder; is the name right?"
                case ENOTDIR: "is a file; name the folder that holds the pictures"
                default: "cannot be read: \(String(cString: strerror(errno)))"
                }
            throw TrainingError("\(path): \(reason)")
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

    /// Whether there is a file or folder of this name.
    static func holds(_ path: String) -> Bool { access(path, F_OK) == 0 }

    /// Whether a folder is there and can be written to, or could be made; nothing is made yet.
    static func checkWritable(_ path: String) throws(TrainingError) {
        var status = stat()
        guard stat(path, &status) == 0 else {
            guard let slash = path.lastIndex(of: "/") else { return try checkWritable(".") }
            return try checkWritable(slash == path.startIndex ? "/" : String(path[..<slash]))
        }
        guard status.st_mode & S_IFMT == S_IFDIR else { throw TrainingError("\(path): is a file; name a folder") }
        guard access(path, W_OK) == 0 else {
            throw TrainingError("\(path): the folder cannot be written to: \(String(cString: strerror(errno)))")
        }
    }

    /// Makes a folder and those that lead to it, where they are missing.
    static func make(_ path: String) throws(TrainingError) {
        var status = stat()
        if stat(path, &status) == 0 {
            guard status.st_mode & S_IFMT == S_IFDIR else { throw TrainingError("\(path): is a file; name a folder") }
            return
        }
        if let slash = path.lastIndex(of: "/"), slash > path.startIndex { try make(String(path[..<slash])) }
        guard mkdir(path, 0o777) == 0 || errno == EEXIST else {
            throw TrainingError("\(path): the folder cannot be made: \(String(cString: strerror(errno)))")
        }
    }
}
