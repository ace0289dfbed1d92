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

    /// Copies a node of the source.
    public mutating func copy(_ id: ValueID) {
        let node = source[id]
        moved[id.index] = builder.copy(node, operands: node.operands.map(place))
    }

    /// Lets another value stand for one of the source. It takes that one's name if it has none of its own.
    public mutating func replace(_ id: ValueID, with place: ValueID) {
        moved[id.index] = place
        builder.suggest(source[id].name, for: place)
    }

    /// The new graph, with the source's outputs, measures and updates in their new places.
    public consuming func finish() -> Graph {
        for output in source.outputs { builder.setOutput(output.name, place(of: output.value)) }
        for measure in source.measures { builder.setMeasure(measure.role, measure.name, place(of: measure.value)) }
        for update in source.updates { builder.setUpdate(place(of: update.target), place(of: update.value)) }
        for group in source.groups {
            builder.setGroup(Group(name: group.name, members: group.members.map(place), kernel: group.kernel))
        }
        return builder.graph.normalized()
    }
}

/// Who reads what.
public struct Uses: Sendable {
    private var readers: [[ValueID]]
    private let isRoot: [Bool]

    /// Takes time in proportion to the graph.
    public init(of graph: Graph) {
        var readers: [[ValueID]] = Array(repeating: [], count: graph.nodes.count)
        var isRoot = Array(repeating: false, count: graph.nodes.count)
        for id in graph.ids {
            for operand in Set(graph[id].operands) { readers[operand.index].append(id) }
        }
        for output in graph.outputs { isRoot[output.value.index] = true }
        for measure in graph.measures { isRoot[measure.value.index] = true }
        for update in graph.updates { isRoot[update.value.index] = true }
        self.readers = readers
        self.isRoot = isRoot
    }

    /// Operations that read a value, in order, each once.
    public func readers(of id: ValueID) -> [ValueID] { readers[id.index] }

    /// Leaves a reader out, as of a graph in which it reads something else.
    public mutating func remove(_ reader: ValueID, from id: ValueID) { readers[id.index].removeAll { $0 == reader } }

    /// Whether an output, measure or update takes the value.
    public func isRoot(_ id: ValueID) -> Bool { isRoot[id.index] }

    /// The value's only reader, when nothing else takes it.
    public func onlyReader(of id: ValueID) -> ValueID? {
        !isRoot(id) && readers(of: id).count == 1 ? readers(of: id)[0] : nil
    }
}
