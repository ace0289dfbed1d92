import GraphFiles
import SystemPackage

/// Files that a command reads, by whatever names they go: none of them may be replaced by what it writes.
public struct KnownFiles {
    private let paths: [FileStatus.FileIdentity: FilePath]

    /// - Parameter paths: of files; what is not there is passed over.
    /// - Throws: when the system does not say what is there.
    public init(_ paths: [FilePath]) throws(FileError) {
        var known: [FileStatus.FileIdentity: FilePath] = [:]
        for path in paths {
            let status: FileStatus?
            do { status = try FileStatus.found(path) } catch { throw .unreadable(path: path, .system(error)) }
            if let status, known[status.identity] == nil { known[status.identity] = path }
        }
        self.paths = known
    }

    /// Refuses, before anything is computed, an output that cannot be written, or that is one of these files.
    ///
    /// - Throws: naming the output and its folder, or the input that it would replace.
    public func check(_ output: FilePath) throws {
        if output.isEmpty { throw CommandError("\(output): names no file to write") }
        try AtomicFile.checkWritable(output)
        let status: FileStatus?
        do { status = try FileStatus.found(output) } catch { throw FileError.unwritable(path: output, .system(error)) }
        guard let status, status.kind == .file, let input = paths[status.identity] else { return }
        let other = input == output ? "is an input, too" : "is the input '\(input)'"
        throw CommandError("\(output): \(other), and would be lost; write to another file")
    }
}

/// Refuses, before anything is computed, an output that cannot be written, or that is one of a command's inputs
/// by whatever names the two go.
///
/// - Throws: naming the output and its folder, or the input that it would replace.
public func checkOutput(_ output: OutputPath, replacesNoneOf inputs: [FilePath]) throws {
    if output.namesFolder { throw CommandError("\(output.path)/: names no file to write") }
    try checkOutput(output.path, replacesNoneOf: inputs)
}

/// The same of an output that a command names itself.
public func checkOutput(_ output: FilePath, replacesNoneOf inputs: [FilePath]) throws { try KnownFiles(inputs).check(output) }
