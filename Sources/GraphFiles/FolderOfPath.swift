import SystemPackage

extension FilePath {
    /// The folder that it lies in: `.` for a bare name, `/` for what lies in the root.
    package var folder: FilePath {
        let folder = removingLastComponent()
        return folder.isEmpty ? "." : folder
    }
}
