import GraphCompiler
import GraphIR

/// Why a model cannot be loaded, used or saved: what, where and what to do.
public struct ModelError: Error, Hashable, Sendable, CustomStringConvertible {
    public var description: String
    /// Whether the description is the mistakes of a file, rendered with their places.
    public var isRendered = false

    package init(_ description: String) { self.description = description }

    package init(rendered description: String) {
        self.description = description
        isRendered = true
    }
}

extension ModelError {
    /// What the compiler objects to in a model whose source is not at hand.
    package init(_ error: CompileError, of model: String) {
        self.init(rendered: error.rendered(file: model, source: ""))
    }

    /// What a node of a graph objects to, in one line.
    package init(_ error: NodeError) {
        let expected = error.error.expected.map { "; expected \($0)" } ?? ""
        let found = error.error.found.map { "; found \($0)" } ?? ""
        self.init(error.error.message + expected + found)
    }
}
