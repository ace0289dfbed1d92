import GraphFiles

/// Refuses, before anything is computed, an output that cannot be written, or that is one of a command's inputs
/// by whatever names the two go.
///
/// - Throws: naming the output and its folder, or the input that it would replace.
public func checkOutput(_ output: String, replacesNoneOf inputs: [String]) throws {
    if output.isEmpty || output.hasSuffix("/") { throw CommandError("\(output): names no file to write") }
    try AtomicFile.checkWritable(output)
    guard let outputFile = FileStatus(output), outputFile.kind == .file else { return }
    for input in inputs where FileStatus(input)?.identity == outputFile.identity {
        let other = input == output ? "is an input, too" : "is the input '\(input)'"
        throw CommandError("\(output): \(other), and would be lost; write to another file")
    }
}
