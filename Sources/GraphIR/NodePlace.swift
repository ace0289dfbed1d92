import GraphLanguage

/// A node by its name and where it was written, as errors speak of it.
public struct NodePlace: Hashable, Sendable {
    /// The node's name; empty for constants.
    public var name: String
    /// Where the node was written, which does not tell nodes apart.
    @Unhashed public var origin: Origin

    /// Each argument is the property of its name.
    public init(name: String, origin: Origin = .none) {
        self.name = name
        self.origin = origin
    }
}

extension Node {
    /// What errors call the node.
    public var place: NodePlace { NodePlace(name: name, origin: origin) }
}
