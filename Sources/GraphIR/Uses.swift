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
