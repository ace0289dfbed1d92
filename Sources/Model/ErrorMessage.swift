import GraphCompiler
import GraphIR

/// What a command prints on its standard error for an error: one line that begins with the command's
/// name, or, for mistakes in a `.graph` file, all of them as they were rendered.
public func errorMessage(_ error: any Error, command: String) -> String {
    if let error = error as? ModelError, error.isRendered { return error.description }
    return "\(command): \(error)"
}

extension ModelError {
    /// What the compiler objects to in a model whose source is not at hand.
    init(_ error: CompileError, of model: String) {
        self.init(rendered: error.rendered(file: model, source: ""))
    }

    /// What a node of a graph objects to, in one line.
    init(_ error: NodeError) {
        let expected = error.error.expected.map { "; expected \($0)" } ?? ""
        let found = error.error.found.map { "; found \($0)" } ?? ""
        self.init(error.error.message + expected + found)
    }
}
