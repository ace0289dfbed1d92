/// An ``OpError`` and the node it is about.
public struct NodeError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The node's name; empty when the error is about the graph.
    public var node: String
    /// Where the node was written.
    public var origin: Origin
    /// What its op objects to.
    public var error: OpError

    /// Each argument is the property of its name.
    public init(node: String = "", origin: Origin = .none, _ error: OpError) {
        self.node = node
        self.origin = origin
        self.error = error
    }

    /// On one line: what is wrong, where, and what was expected and found.
    public var description: String {
        var text = error.message
        if !node.isEmpty { text += " ('\(node)'\(origin == .none ? "" : ", line \(origin.location.line)"))" }
        if let expected = error.expected { text += "; expected \(expected)" }
        if let found = error.found { text += "; found \(found)" }
        return text
    }
}
