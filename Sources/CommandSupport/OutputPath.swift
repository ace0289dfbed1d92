import Glibc
import GraphModel

/// Refuses, before anything is computed, an output that cannot be written, or that is one of a command's inputs
/// by whatever names the two go.
///
/// - Throws: naming the output and its folder, or the input that it would replace.
public func checkOutput(_ output: String, replacesNoneOf inputs: [String]) throws(ModelError) {
    try checkFolder(of: output)
    guard let outputFile = RegularFile(output) else { return }
    for input in inputs where RegularFile(input) == outputFile {
        let other = input == output ? "is an input, too" : "is the input '\(input)'"
        throw ModelError("\(output): \(other), and would be lost; write to another file")
    }
}

private func checkFolder(of output: String) throws(ModelError) {
    if output.isEmpty || output.hasSuffix("/") { throw ModelError("\(output): names no file to write") }
    var status = stat()
    if stat(output, &status) == 0 {
        if status.st_mode & S_IFMT == S_IFDIR { throw ModelError("\(output): is a folder; name a file to write") }
        // A device or pipe is written where it is; a file is replaced by one beside it.
        guard status.st_mode & S_IFMT == S_IFREG else { return }
    }
    let folder = folder(of: output)
    guard access(folder, F_OK) == 0 else {
        throw ModelError("\(output): cannot be written: there is no folder '\(folder)'; make it first")
    }
    guard access(folder, W_OK) == 0 else {
        let reason = String(cString: strerror(errno))
        throw ModelError("\(output): cannot be written: the folder '\(folder)': \(reason)")
    }
}

/// The folder of the file itself, where the path leads through symbolic links.
private func folder(of path: String) -> String {
    let resolved = realpath(path, nil)
    defer { free(resolved) }
    let target = resolved.map { String(cString: $0) } ?? path
    guard let slash = target.lastIndex(of: "/") else { return "." }
    return slash == target.startIndex ? "/" : String(target[..<slash])
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
