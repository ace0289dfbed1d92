/// Rebuilds a graph node by node: what a pass does not change it copies.
///
/// Until something differs from the source nothing is copied: a pass that finds nothing to do gives the source back.
public struct GraphRewriter: Sendable {
    /// The graph that is rebuilt.
    public let source: Graph
    private var moved: [ValueID?]
    private var writer: GraphBuilder
    /// How many nodes of the source were taken over as they are, while nothing else was done; nil once it was.
    private var unchangedCount: Int? = 0

    /// Begins with an empty graph of the same name.
    public init(_ source: Graph) {
        self.source = source
        writer = GraphBuilder(name: source.name)
        moved = Array(repeating: nil, count: source.nodes.count)
    }

    /// Where the new graph grows: what a pass adds goes here.
    public var builder: GraphBuilder {
        mutating get {
            beginWriting()
            return writer
        }
        _modify {
            beginWriting()
            yield &writer
        }
    }

    /// What is in the new graph; behind it there may be more.
    public var graph: Graph { unchangedCount == nil ? writer.graph : source }

    /// Where a value of the source is in the new graph.
    public func place(of id: ValueID) -> ValueID {
        guard let place = moved[id.index] else { preconditionFailure("operands are rewritten before their uses") }
        return place
    }

    /// Copies a node of the source, perhaps with other operands of the same types, or another name.
    public mutating func copy(_ id: ValueID, operands: [ValueID]? = nil, named name: String? = nil) {
        if let count = unchangedCount, id.index == count, name == nil, operands == nil || operands == source[id].operands {
            moved[count] = id
            unchangedCount = count + 1
            return
        }
        beginWriting()
        var node = source[id]
        if let name { node.name = name }
        moved[id.index] = writer.copy(node, operands: operands ?? node.operands.map(place))
    }

    /// Lets another value stand for one of the source. It takes that one's name if it has none of its own.
    public mutating func replace(_ id: ValueID, with place: ValueID) {
        beginWriting()
        moved[id.index] = place
        writer.suggest(source[id].name, for: place)
    }

    /// The new graph, with the source's outputs, measures and updates in their new places.
    public consuming func finish() -> Graph {
        if unchangedCount == source.nodes.count { return source.normalized() }
        beginWriting()
        writer.setResults(like: source, at: place)
        return writer.graph.normalized()
    }

    private mutating func beginWriting() {
        guard let count = unchangedCount else { return }
        unchangedCount = nil
        writer.adopt(source.nodes.prefix(count))
    }
}
