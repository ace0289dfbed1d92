import GraphLanguage

/// A model as a set of entries, each a whole graph: what the compiler works on from elaboration on.
public struct Module: Hashable, Sendable {
    /// The model's name.
    public var name: String
    /// The lines of `///` above the model.
    public var documentation: [String]
    /// In the order of ``Role``.
    public var entries: [Entry]

    /// Each argument is the property of its name.
    public init(name: String, documentation: [String] = [], entries: [Entry]) {
        self.name = name
        self.documentation = documentation
        self.entries = entries
    }

    /// The graph of an entry; nil where the model declares none.
    public subscript(_ role: Role) -> Graph? { entries.first { $0.role == role }?.graph }
}

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

/// What an entry is for.
public enum Role: String, Hashable, Sendable, CaseIterable {
    /// The model's own outputs, as its `graph` declares them.
    case forward
    /// What training minimises and reports; after differentiation, one whole training step.
    case train
    /// What inference returns.
    case predict
}
