import GraphIR

/// Makes one op of an activation that is spelled out in several, so that every spelling gets the kernels' fast path.
///
/// Rewrites
///
///     relu(x) - a * relu(-x)    to  prelu(x, a)
///
/// Requires: a number or an operand of each channel as a. Ensures: the same result but where x is not finite.
/// Examples: `Tests/Golden/Simplify`.
func recognizeActivations(_ graph: Graph) throws(NodeError) -> Graph {
    try graph.replacingValues { id, rewriter throws(OpError) in
        guard let spelled = SpelledPReLU(id, in: graph) else { return nil }
        return try rewriter.builder.apply(
            .prelu, [rewriter.place(of: spelled.x), rewriter.place(of: spelled.slope)], named: graph[id].name)
    }
}

/// `relu(x) - slope * relu(-x)`.
private struct SpelledPReLU {
    var x: ValueID
    var slope: ValueID

    init?(_ id: ValueID, in graph: Graph) {
        guard let difference = graph[id].operation, difference.op == .subtract,
            let positive = graph.operand(of: difference.operands[0], under: .relu),
            let product = graph[difference.operands[1]].operation, product.op == .multiply
        else { return nil }
        for (factor, negative) in [(0, 1), (1, 0)] {
            guard let negated = graph.operand(of: product.operands[negative], under: .relu),
                graph.operand(of: negated, under: .negate) == positive,
                graph.constant(product.operands[factor]) != nil || graph.isOfChannels(product.operands[factor], of: id)
            else { continue }
            x = positive
            slope = product.operands[factor]
            return
        }
        return nil
    }
}

extension Graph {
    /// The first operand of a value that an op makes.
    fileprivate func operand(of value: ValueID, under op: OpName) -> ValueID? {
        self[value].operation.flatMap { $0.op == op ? $0.operands[0] : nil }
    }
}
