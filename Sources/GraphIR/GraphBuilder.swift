import GraphLanguage

/// Appends nodes to a graph, checking each against its op as it comes.
public struct GraphBuilder: Sendable {
    /// The graph as far as it is built.
    public private(set) var graph: Graph
    /// Given to nodes appended from now on.
    public var origin: Origin = .none
    private var constants: [UInt64: ValueID] = [:]
    private var takenNames: Set<String> = []
    private var nextSuffix: [String: Int] = [:]

    /// An empty graph of this name.
    public init(name: String) {
        graph = Graph(name: name)
    }

    /// The type of a value that is there.
    public func type(of id: ValueID) -> TensorType { graph[id].type }

    /// A number, one node for each distinct value.
    public mutating func constant(_ value: Double) -> ValueID {
        if let known = constants[value.bitPattern] { return known }
        let id = append(Node(name: "", content: .constant(value), type: .scalar, origin: origin))
        constants[value.bitPattern] = id
        return id
    }

    /// Appends an input, weight, state or scalar.
    public mutating func declare(_ content: Node.Content, type: TensorType, named name: String) -> ValueID {
        append(Node(name: unique(name, for: content), content: content, type: type, origin: origin))
    }

    /// Appends an operation, with defaults for attributes not given.
    ///
    /// - Parameter name: the result's name, made unique.
    public mutating func apply(
        _ op: OpName, _ operands: [ValueID], _ attributes: Attributes = Attributes(),
        named name: String = TemporaryNames.base
    ) throws(OpError) -> ValueID {
        let definition = op.definition
        let complete = try definition.signature.complete(attributes, operandCount: operands.count, op: op)
        let type = try definition.resultType(operands.map { graph[$0].type }, complete)
        try TensorLimits.check(type, isResult: true)
        let content = Node.Content.operation(Operation(op, operands, complete))
        return append(Node(name: unique(name, for: content), content: content, type: type, origin: origin))
    }

    /// Appends a node of another graph as it is, with operands of this one of the same types.
    public mutating func copy(_ node: Node, operands: [ValueID]) -> ValueID {
        var node = node
        let origin = self.origin
        self.origin = node.origin
        defer { self.origin = origin }
        switch node.content {
        case .constant(let value): return constant(value)
        case .operation(var operation):
            operation.operands = operands
            node.content = .operation(operation)
        default: break
        }
        node.name = unique(node.name, for: node.content)
        return append(node)
    }

    /// Takes over the first nodes of another graph as they are.
    ///
    /// - Requires: nothing was appended.
    mutating func adopt(_ nodes: ArraySlice<Node>) {
        graph.nodes.reserveCapacity(nodes.count)
        takenNames.reserveCapacity(nodes.count)
        for node in nodes {
            let id = append(node)
            if case .constant(let value) = node.content {
                if constants[value.bitPattern] == nil { constants[value.bitPattern] = id }
            } else {
                takenNames.insert(node.name)
            }
        }
    }

    /// Gives an operation's result another name, made unique.
    public mutating func rename(_ id: ValueID, to name: String) {
        let node = graph[id]
        guard node.operation != nil, node.name != name else { return }
        release(node.name)
        graph.nodes[id.index].name = unique(name, for: node.content)
    }

    /// Lets a name that someone chose win over a temporary's.
    public mutating func suggest(_ name: String, for id: ValueID) {
        if TemporaryNames.contain(graph[id].name), !TemporaryNames.contain(name) { rename(id, to: name) }
    }

    /// Lets an output's value have the output's name where an inner value of a block came first to it.
    public mutating func preferOutputName(_ name: String, for id: ValueID) {
        let suffix = graph[id].name.dropFirst(name.count)
        guard graph[id].name.hasPrefix(name), suffix.first == "_", suffix.dropFirst().allSatisfy(\.isNumber),
            let first = graph.ids.first(where: { graph[$0].name == name }), graph[first].operation != nil
        else { return }
        let second = graph[id].name
        graph.nodes[id.index].name = name
        graph.nodes[first.index].name = second
    }

    /// Appends an output.
    public mutating func setOutput(_ name: String, _ value: ValueID) {
        graph.outputs.append(Output(name: name, value: value))
    }

    /// Appends a loss or a metric, which is a scalar.
    public mutating func setMeasure(_ role: Measure.Role, _ name: String, _ value: ValueID) {
        graph.measures.append(Measure(role: role, name: name, value: value))
    }

    /// Appends an assignment to a weight or state.
    public mutating func setUpdate(_ target: ValueID, _ value: ValueID) {
        graph.updates.append(Update(target: target, value: value))
    }

    /// Appends the outputs, measures, updates and groups of a graph whose values are at `place` in this one.
    public mutating func setResults(like source: Graph, at place: (ValueID) -> ValueID) {
        graph.appendResults(of: source, at: place)
    }

    /// Appends a group of operations that are there.
    public mutating func setGroup(_ group: Group) {
        graph.groups.append(group)
    }

    private mutating func append(_ node: Node) -> ValueID {
        // Types are written with the names of sizes, so that nothing else may bear them.
        if node.content == .input {
            for dimension in node.type.shape.dimensions { takenNames.formUnion(dimension.symbols) }
        }
        graph.nodes.append(node)
        return ValueID(graph.nodes.count - 1)
    }

    /// `base`, or `base_1`, `base_2`, … where that is taken, or belongs to a scalar that training supplies.
    private mutating func unique(_ base: String, for content: Node.Content) -> String {
        let isReserved = TrainingScalars.all.contains(base) && content != .scalar
        if !isReserved, base.utf8.count <= SyntaxLimits.nameLength, takenNames.insert(base).inserted { return base }
        // Names are ASCII; there is room for the number.
        let base = String(base.prefix(SyntaxLimits.nameLength - 20))
        var suffix = nextSuffix[base, default: 1]
        while !takenNames.insert("\(base)_\(suffix)").inserted { suffix += 1 }
        nextSuffix[base] = suffix + 1
        return "\(base)_\(suffix)"
    }

    /// Makes a name free again, and its suffix the next of its base if it is lower.
    private mutating func release(_ name: String) {
        takenNames.remove(name)
        guard let mark = name.lastIndex(of: "_"), let suffix = Int(name[name.index(after: mark)...]) else { return }
        let base = String(name[..<mark])
        if let next = nextSuffix[base], suffix >= 1, suffix < next { nextSuffix[base] = suffix }
    }
}
