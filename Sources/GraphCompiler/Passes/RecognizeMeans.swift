import GraphIR

/// Makes one mean of what means over axes, or over pictures, are spelled out as.
///
/// Rewrites
///
///     sum_to(x * mean_gradient(1, shape = [1, H, W, 1]), shape = [N, 1, 1, C])    to  mean(x, axes = [1, 2], keep_dims = true)
///     sum(x * mean_gradient(1, shape = [N, H, W, 1]), axes = [0, 1, 2])           to  mean(x, axes = [0, 1, 2])
///     mean(reshape(x, [N, H*W, C]), axes = [1])           to  reshape(mean(x, axes = [1, 2], keep_dims = true), [N, C])
///     mean(x, axes = [1, 2])                              to  reshape(mean(x, axes = [1, 2], keep_dims = true), [N, C])
///     avg_pool(x, size = [H, W], …), of as many pixels as x has    to  mean(x, axes = [1, 2], keep_dims = true)
///
/// and where mean_gradient takes another number, the mean times that number; `sum` and `reduce_max` over pictures as `mean`.
/// Ensures: the same result but for rounding. Examples: `Tests/Golden/Differentiate`.
func recognizeMeans(_ graph: Graph) throws(NodeError) -> Graph {
    try graph.replacingValues { id, rewriter throws(OpError) in
        if let spelled = SpelledMean(id, in: graph) {
            let mean = try rewriter.builder.apply(
                .mean, [rewriter.place(of: spelled.x)],
                Attributes(["axes": .sizes(spelled.axes.map { Size($0) }), "keep_dims": .truth(spelled.keepsAxes)]))
            return spelled.factor == 1
                ? mean : try rewriter.builder.apply(.multiply, [mean, rewriter.builder.constant(spelled.factor)])
        }
        guard let (op, x) = reductionOfPictures(id, in: graph) else { return nil }
        let kept = try rewriter.builder.apply(
            op, [rewriter.place(of: x)], Attributes(["axes": .sizes([Size(1), Size(2)]), "keep_dims": .truth(true)]))
        if graph[id].type.shape.rank == 4 { return kept }
        return try rewriter.builder.apply(
            .reshape, [kept], Attributes(["shape": .sizes(graph[id].type.shape.dimensions)]), named: graph[id].name)
    }
}

/// `sum_to(x * mean_gradient(factor, …), …)` or `sum(…)` of it, along the axes along which the factor is shared out.
private struct SpelledMean {
    var x: ValueID
    var axes: [Int]
    var keepsAxes: Bool
    var factor: Double

    init?(_ id: ValueID, in graph: Graph) {
        guard let sum = graph[id].operation, sum.op == .sumTo || sum.op == .sum,
            let product = graph[sum.operands[0]].operation, product.op == .multiply
        else { return nil }
        let shape = graph[sum.operands[0]].type.shape, result = graph[id].type.shape
        let summed: [Int]
        if sum.op == .sum {
            let named = sum.attributes.integers("axes")
            summed = named.isEmpty ? Array(shape.dimensions.indices) : named
        } else {
            guard result.rank == shape.rank else { return nil }
            summed = shape.dimensions.indices.filter { result.dimensions[$0] != shape.dimensions[$0] }
        }
        for (multiplicand, share) in [(0, 1), (1, 0)] {
            guard let shared = graph[product.operands[share]].operation, shared.op == .meanGradient,
                let number = graph.constant(shared.operands[0]),
                graph[product.operands[multiplicand]].type.shape == shape
            else { continue }
            let shares = graph[product.operands[share]].type.shape
            let expected = shape.dimensions.indices.map { summed.contains($0) ? shape.dimensions[$0] : Size(1) }
            guard shares.dimensions == expected else { continue }
            (x, factor) = (product.operands[multiplicand], number)
            axes = summed
            keepsAxes = sum.op == .sumTo || sum.attributes.truth("keep_dims")
            return
        }
        return nil
    }
}

/// A reduction of each picture to its channels that is written in another way than with axes that stay.
private func reductionOfPictures(_ id: ValueID, in graph: Graph) -> (op: OpName, x: ValueID)? {
    guard let operation = graph[id].operation else { return nil }
    let x = operation.operands.first ?? id, shape = graph[x].type.shape.dimensions
    if operation.op == .averagePool {
        let size = operation.attributes.sizes("size")
        guard shape.count == 4, size == Array(shape[1...2]),
            graph[id].type.shape.dimensions[1...2].allSatisfy({ $0.constant == 1 })
        else { return nil }
        return (.mean, x)
    }
    guard [.mean, .sum, .reduceMax].contains(operation.op) else { return nil }
    let axes = operation.attributes.integers("axes").sorted()
    if shape.count == 4, axes == [1, 2], !operation.attributes.truth("keep_dims") { return (operation.op, x) }
    guard shape.count == 3, axes == [1], let reshape = graph[x].operation, reshape.op == .reshape else { return nil }
    let image = graph[reshape.operands[0]].type.shape.dimensions
    guard image.count == 4, shape == [image[0], image[1] * image[2], image[3]] else { return nil }
    return (operation.op, reshape.operands[0])
}
