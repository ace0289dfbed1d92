import GraphIR
import GraphInterchange
import GraphLanguage

/// Sizes that the graph leaves open, as a network computes them: from the shapes of its inputs.
extension NetworkWriter {
    /// Sizes as a list of whole numbers.
    mutating func sizes(_ sizes: [Size], for id: ValueID) -> String {
        let known = sizes.compactMap(\.constant)
        if known.count == sizes.count { return integers(known) }
        let parts = sizes.map { size($0, for: id) }
        return parts.count == 1 ? parts[0] : emitInner("Concat", id, parts, ["axis": .integer(0)])
    }

    /// A size as a list of one whole number.
    mutating func size(_ size: Size, for id: ValueID) -> String { whole(size.syntax, for: id) }

    private mutating func whole(_ expression: Expression, for id: ValueID) -> String {
        switch expression.kind {
        case .integer(let number): return integers([number])
        case .name(let symbol): return self.symbol(symbol, for: id)
        case .negate(let operand): return emitInner("Neg", id, [whole(operand, for: id)])
        case .binary(let symbol, let left, let right):
            let ops: [BinaryOperator: String] = [.add: "Add", .subtract: "Sub", .multiply: "Mul", .floorDivide: "Div"]
            guard let op = ops[symbol] else { break }
            return emitInner(op, id, [whole(left, for: id), whole(right, for: id)])
        default: break
        }
        refuse(graph[id].operation?.op ?? .reshape)
        return ""
    }

    /// A symbol is the size of a dimension of some input.
    private mutating func symbol(_ symbol: String, for id: ValueID) -> String {
        if let name = symbolNames[symbol] { return name }
        for input in graph.ids where graph[input].content == .input {
            let shape = graph[input].type.shape
            guard let axis = shape.dimensions.firstIndex(where: { $0.symbol == symbol }) else { continue }
            let whole = emitInner("Shape", id, [name(input)])
            let place = integers([Self.axis(axis, rank: shape.rank)])
            let size = emitInner("Gather", id, [whole, place], ["axis": .integer(0)])
            symbolNames[symbol] = size
            return size
        }
        refuse(graph[id].operation?.op ?? .reshape)
        return ""
    }

    // MARK: Values in the graph's order

    /// A value with its dimensions as in the graph, where images have them otherwise in the network.
    mutating func inOrder(_ operand: ValueID, for id: ValueID) -> String {
        let rank = graph[operand].type.shape.rank
        let name = self.operand(operand, rank: rank)
        return rank == 4 ? emitInner("Transpose", id, [name], ["perm": .integers([0, 2, 3, 1])]) : name
    }

    /// Appends the node that makes a value of what has its dimensions as in the graph.
    mutating func emitInOrder(
        _ op: String, _ id: ValueID, _ inputs: [String], _ attributes: [String: ForeignAttribute] = [:]
    ) {
        guard graph[id].type.shape.rank == 4 else { return emit(op, id, inputs, attributes) }
        let made = emitInner(op, id, inputs, attributes)
        emit("Transpose", id, [made], ["perm": .integers(Self.order(rank: 4))])
    }

    mutating func emitReshape(_ id: ValueID, _ operation: Operation) {
        let old = graph[operation.operands[0]].type.shape.dimensions, new = graph[id].type.shape.dimensions
        // Of sizes that are open one follows from the others, and those that stay are said to.
        var plain: [Int] = []
        for (index, size) in new.enumerated() {
            if let number = size.constant {
                plain.append(number)
            } else if old.indices.contains(index), old[index] == size {
                plain.append(0)
            } else {
                plain.append(-1)
            }
        }
        let x = inOrder(operation.operands[0], for: id)
        let shape = plain.count { $0 == -1 } < 2 ? integers(plain) : sizes(new, for: id)
        emitInOrder("Reshape", id, [x, shape])
    }

    mutating func emitTranspose(_ id: ValueID, _ operation: Operation) {
        let rank = graph[id].type.shape.rank
        let order = operation.attributes.integers("order")
        let places = Self.order(rank: rank).map { Self.axis(order[$0], rank: rank) }
        emit("Transpose", id, [operand(operation.operands[0], rank: rank)], ["perm": .integers(places)])
    }

    mutating func emitProduct(_ id: ValueID, _ operation: Operation) {
        var factors: [String] = []
        for (operand, word) in zip(operation.operands, ["transpose_a", "transpose_b"]) {
            let rank = graph[operand].type.shape.rank
            var name = inOrder(operand, for: id)
            if operation.attributes.truth(word) {
                let order = Array(0..<rank - 2) + [rank - 1, rank - 2]
                name = emitInner("Transpose", id, [name], ["perm": .integers(order)])
            }
            factors.append(name)
        }
        emitInOrder("MatMul", id, factors)
    }
}
