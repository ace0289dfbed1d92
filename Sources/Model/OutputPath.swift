import Glibc

/// Refuses an output that is one of a command's inputs, by whatever names the two go.
///
/// - Throws: naming the output and the input that it would replace.
public func checkOutput(_ output: String, replacesNoneOf inputs: [String]) throws(ModelError) {
    guard let outputFile = RegularFile(output) else { return }
    for input in inputs where RegularFile(input) == outputFile {
        let other = input == output ? "is an input, too" : "is the input '\(input)'"
        throw ModelError("\(output): \(other), and would be lost; write to another file")
    }
}

/// What tells a file from all others, under all its names.
private struct RegularFile: Equatable {
    let device: UInt64
    let inode: UInt64

    /// nil where there is no such file, or something else than a file.
    init?(_ path: String) {
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
    }
}
