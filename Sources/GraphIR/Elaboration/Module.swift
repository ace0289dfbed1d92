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
