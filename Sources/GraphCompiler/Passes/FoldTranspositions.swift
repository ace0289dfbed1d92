import GraphIR

/// Has a product of matrices read a matrix transposed in place of a transposition before it, and makes one transposition of
/// two in a row, or none.
///
/// Rewrites
///
///     matmul(a, transpose(b, [0, 2, 1]))                     to  matmul(a, b, transpose_b = true)
///     matmul(a, transpose(b, [1, 0]), transpose_b = true)    to  matmul(a, b)
///     transpose(transpose(x, p), q)                          to  transpose(x, r),  r[axis] = p[q[axis]]
///
/// and what reads a as it does b. Ensures: no transposition of the last two dimensions stands before a product, and none
/// behind another. Examples: `Tests/Golden/Simplify`.
func foldTranspositions(_ graph: Graph) throws(NodeError) -> Graph {
    try graph.replacingValues { id, rewriter throws(OpError) in
        guard let operation = graph[id].operation else { return nil }
        switch operation.op {
        case .matmul:
            var operands = operation.operands.map { rewriter.place(of: $0) }
            var attributes = operation.attributes
            for (index, word) in ["transpose_a", "transpose_b"].enumerated() {
                guard let inner = rewriter.builder.graph[operands[index]].operation, inner.transposesMatrices else { continue }
                operands[index] = inner.operands[0]
                attributes[word] = .truth(!attributes.truth(word))
            }
            guard attributes != operation.attributes else { return nil }
            return try rewriter.builder.apply(.matmul, operands, attributes, named: graph[id].name)
        case .transpose:
            let value = rewriter.place(of: operation.operands[0])
            guard let inner = rewriter.builder.graph[value].operation, inner.op == .transpose else { return nil }
            let axes = inner.attributes.integers("order")
            let order = operation.attributes.integers("order").map { axes[$0] }
            if order == Array(axes.indices) { return inner.operands[0] }
            return try rewriter.builder.apply(
                .transpose, [inner.operands[0]], Attributes(["order": .sizes(order.map { Size($0) })]), named: graph[id].name)
        default: return nil
        }
    }
}

extension Operation {
    /// Whether it exchanges the last two dimensions and no others.
    fileprivate var transposesMatrices: Bool {
        guard op == .transpose else { return false }
        let order = attributes.integers("order")
        guard order.count >= 2 else { return false }
        var exchanged = Array(order.indices)
        exchanged.swapAt(order.count - 2, order.count - 1)
        return order == exchanged
    }
}
