/// The form in which graphs are compared: what prints the same is equal.
extension Graph {
    /// The same graph with each constant once, directly before its first use, and none unused.
    public func normalized() -> Graph {
        if isNormal { return self }
        var placed: [Node] = []
        var moved: [ValueID?] = Array(repeating: nil, count: nodes.count)
        var constants: [UInt64: ValueID] = [:]

        func append(_ node: Node) -> ValueID {
            placed.append(node)
            return ValueID(placed.count - 1)
        }
        func place(_ id: ValueID) -> ValueID {
            if let known = moved[id.index] { return known }
            let node = self[id]
            guard case .constant(let value) = node.content else {
                preconditionFailure("an operand stands before its use")
            }
            let place = constants[value.bitPattern] ?? append(node)
            constants[value.bitPattern] = place
            moved[id.index] = place
            return place
        }
        for id in ids {
            var node = self[id]
            if case .constant = node.content { continue }
            if var operation = node.operation {
                operation.operands = operation.operands.map(place)
                node.content = .operation(operation)
            }
            moved[id.index] = append(node)
        }
        // A result may be a constant that no operation reads. It has its place before the nodes are complete.
        let results = outputs.map(\.value) + measures.map(\.value) + updates.flatMap { [$0.target, $0.value] }
        for value in results { _ = place(value) }
        var result = Graph(name: name, nodes: placed)
        result.appendResults(of: self, at: place)
        return result
    }

    /// Whether nothing is to be done: the walk of ``normalized()`` meets each node at its place.
    private var isNormal: Bool {
        var next = 0
        var constants: Set<UInt64> = []
        /// Takes the constants among some values that were not met before.
        func takes(_ values: [ValueID]) -> Bool {
            for value in values where value.index >= next {
                guard value.index == next, case .constant(let number) = nodes[next].content,
                    constants.insert(number.bitPattern).inserted
                else { return false }
                next += 1
            }
            return true
        }
        for index in nodes.indices {
            if case .constant = nodes[index].content { continue }
            guard takes(nodes[index].operands), index == next else { return false }
            next += 1
        }
        return takes(roots) && next == nodes.count
    }
}
