import SystemPackage

/// The files below a folder, at any depth.
package struct FileTree {
    /// Paths of regular files and of links to them, folder by folder, each in the order of its names' bytes.
    package private(set) var paths: [FilePath] = []
    /// Files and folders that are hidden, as `.DS_Store` or `._photo.png`: names that begin with a point. They are left out.
    package private(set) var hiddenCount = 0

    /// Why folders below could not be read: what they hold is not among the paths.
    package private(set) var unreadable: [FileError] = []

    private var seen: Set<FileStatus.FileIdentity> = []

    /// A folder that links lead to again is read once.
    ///
    /// - Parameter excluded: a folder that is not looked into, if it is there.
    /// - Throws: when the folder itself cannot be read.
    package init(below path: FilePath, excluding excluded: FilePath? = nil) throws(FileError) {
        if let status = excluded.flatMap({ FileStatus($0) }) { seen.insert(status.identity) }
        try add(below: path)
    }

    private mutating func add(below path: FilePath) throws(FileError) {
        if let status = FileStatus(path), !seen.insert(status.identity).inserted { return }
        for (name, kind) in try Folder(path).entries {
            guard !name.isHidden else {
                hiddenCount += 1
                continue
            }
            let entry = path.appending(name)
            switch kind {
            case .file: paths.append(entry)
            case .folder:
                do throws(FileError) { try add(below: entry) } catch { unreadable.append(error) }
            case .link, .other, nil: break
            }
        }
    }
}
