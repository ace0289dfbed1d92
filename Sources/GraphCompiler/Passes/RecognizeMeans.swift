import GraphIR

/// Makes a mean of a sum whose summands were divided before, each by how many there are.
///
/// Rewrites
///
///     sum_to(x * mean_gradient(1, shape = [1, H, W, 1]), shape = [N, 1, 1, C])    to  mean(x, axes = [1, 2], keep_dims = true)
///
/// and where mean_gradient takes another number, the mean times that number.
/// Ensures: the same result but for rounding. Examples: `Tests/Golden/Simplify`.
func recognizeMeans(_ graph: Graph) throws(NodeError) -> Graph {
    try graph.replacingValues { id, rewriter throws(OpError) in
        guard let spelled = SpelledMean(id, in: graph) else { return nil }
        let mean = try rewriter.builder.apply(
            .mean, [rewriter.place(of: spelled.x)],
            Attributes(["axes": .sizes(spelled.axes.map { Size($0) }), "keep_dims": .truth(true)]))
        return spelled.factor == 1
            ? mean : try rewriter.builder.apply(.multiply, [mean, rewriter.builder.constant(spelled.factor)])
    }
}

/// `sum_to(x * mean_gradient(factor, …), …)`, the sum along the axes along which the factor is shared out.
private struct SpelledMean {
    var x: ValueID
    var axes: [Int]
    var factor: Double

    init?(_ id: ValueID, in graph: Graph) {
        guard let sum = graph[id].operation, sum.op == .sumTo,
            let product = graph[sum.operands[0]].operation, product.op == .multiply
        else { return nil }
        let shape = graph[sum.operands[0]].type.shape, result = graph[id].type.shape
        guard result.rank == shape.rank else { return nil }
        let axes = shape.dimensions.indices.filter { result.dimensions[$0] != shape.dimensions[$0] }
        for (multiplicand, share) in [(0, 1), (1, 0)] {
            guard let shared = graph[product.operands[share]].operation, shared.op == .meanGradient,
                let number = graph.constant(shared.operands[0]),
                graph[product.operands[multiplicand]].type.shape == shape
            else { continue }
            let shares = graph[product.operands[share]].type.shape
            let expected = shape.dimensions.indices.map { axes.contains($0) ? shape.dimensions[$0] : Size(1) }
            guard shares.dimensions == expected else { continue }
            (x, factor) = (product.operands[multiplicand], number)
            self.axes = axes
            return
        }
        return nil
    }
}
