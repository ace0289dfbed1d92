/// A graph and its role in the model.
public struct Entry: Hashable, Sendable {
    /// What the graph is for.
    public var role: Role
    /// What is computed.
    public var graph: Graph

    /// Each argument is the property of its name.
    public init(role: Role, graph: Graph) {
        self.role = role
        self.graph = graph
    }
}
