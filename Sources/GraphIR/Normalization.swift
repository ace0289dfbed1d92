/// The form in which graphs are compared: what prints the same is equal.
extension Graph {
    /// The same graph with each constant once, directly before its first use, and none unused.
    public func normalized() -> Graph {
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
}
