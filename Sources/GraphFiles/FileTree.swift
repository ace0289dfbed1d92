/// The files below a folder, at any depth.
package enum FileTree {
    /// Paths of regular files and of links to them, folder by folder, each in the order of its names' bytes.
    ///
    /// Left out is what is hidden, as `.DS_Store` or `._photo.png`: names that begin with a point. A folder that links lead
    /// to again is read once.
    ///
    /// - Parameter excluded: a folder that is not looked into, if it is there.
    /// - Throws: when a folder cannot be read.
    package static func files(below path: String, excluding excluded: String? = nil) throws(FileError) -> [String] {
        var seen = Set([excluded.flatMap { FileStatus($0)?.identity }].compactMap(\.self))
        return try files(below: path, seen: &seen)
    }

    private static func files(below path: String, seen: inout Set<FileStatus.FileIdentity>) throws(FileError) -> [String] {
        if let status = FileStatus(path), !seen.insert(status.identity).inserted { return [] }
        var files: [String] = []
        for name in try Folder(path).names where !name.hasPrefix(".") {
            let entry = path.hasSuffix("/") ? path + name : path + "/" + name
            switch FileStatus(entry)?.kind {
            case .file: files.append(entry)
            case .folder: files += try self.files(below: entry, seen: &seen)
            case .other, nil: break
            }
        }
        return files
    }
}
