/// Rebuilds a graph node by node: what a pass does not change it copies.
public struct GraphRewriter: Sendable {
    /// The graph that is rebuilt.
    public let source: Graph
    /// Where the new graph grows: what a pass adds goes here.
    public var builder: GraphBuilder
    private var moved: [ValueID?]

    /// Begins with an empty graph of the same name.
    public init(_ source: Graph) {
        self.source = source
        builder = GraphBuilder(name: source.name)
        moved = Array(repeating: nil, count: source.nodes.count)
    }

    /// Where a value of the source is in the new graph.
    public func place(of id: ValueID) -> ValueID {
        guard let place = moved[id.index] else { preconditionFailure("operands are rewritten before their uses") }
        return place
    }

    /// Copies a node of the source, perhaps with other operands of the same types, or another name.
    public mutating func copy(_ id: ValueID, operands: [ValueID]? = nil, named name: String? = nil) {
        var node = source[id]
        if let name { node.name = name }
        moved[id.index] = builder.copy(node, operands: operands ?? node.operands.map(place))
    }

    /// Lets another value stand for one of the source. It takes that one's name if it has none of its own.
    public mutating func replace(_ id: ValueID, with place: ValueID) {
        moved[id.index] = place
        builder.suggest(source[id].name, for: place)
    }

    /// The new graph, with the source's outputs, measures and updates in their new places.
    public consuming func finish() -> Graph {
        builder.setResults(like: source, at: place)
        return builder.graph.normalized()
    }
}
