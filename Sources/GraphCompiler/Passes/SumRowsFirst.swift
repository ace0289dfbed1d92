import GraphIR

/// Sums each row of an image before the image, so that rows are summed as they are made, by any number of workers.
///
/// Rewrites
///
///     mean(x, axes = [1, 2], keep_dims = true)    to  mean(mean(x, axes = [2], keep_dims = true), axes = [1], keep_dims = true)
///     sum_to(x, shape = [N, 1, 1, C])             to  sum(sum(x, axes = [2], keep_dims = true), axes = [1], keep_dims = true)
///     mean(x, axes = [0, 1, 2])                   to  mean(mean(x, axes = [2], keep_dims = true), axes = [0, 1, 2])
///     sum_to(x, shape = [C])                      to  sum(sum(x, axes = [2], keep_dims = true), axes = [0, 1, 2])
///
/// and `sum` as `mean`.
/// Ensures: the same result but for one more rounding of each row's sum. Does not touch sums of everything, as losses are,
/// nor those that a filter's gradient takes along, as the gradients of biases. Examples: `Tests/Golden/Simplify`.
func sumRowsFirst(_ graph: Graph) throws(NodeError) -> Graph {
    let uses = Uses(of: graph)
    return try graph.replacingValues { id, rewriter throws(OpError) in
        if let operation = graph[id].operation, let op = reductionToChannels(operation, to: graph[id].type.shape, in: graph, uses)
        {
            let rows = try rewriter.builder.apply(
                op, [rewriter.place(of: operation.operands[0])],
                Attributes(["axes": .sizes([Size(2)]), "keep_dims": .truth(true)]))
            return try rewriter.builder.apply(
                op, [rows],
                Attributes([
                    "axes": .sizes([Size(0), Size(1), Size(2)]), "keep_dims": .truth(graph[id].type.shape.rank == 4),
                ]))
        }
        guard let operation = graph[id].operation, let op = reductionOfImages(operation, to: graph[id].type.shape, in: graph)
        else { return nil }
        var sums = rewriter.place(of: operation.operands[0])
        for axis in [2, 1] {
            sums = try rewriter.builder.apply(
                op, [sums], Attributes(["axes": .sizes([Size(axis)]), "keep_dims": .truth(true)]))
        }
        return sums
    }
}

/// `sum` or `mean` where an operation reduces images of several rows and columns to one pixel each.
private func reductionOfImages(_ operation: Operation, to result: Shape, in graph: Graph) -> OpName? {
    guard [.sum, .mean, .sumTo].contains(operation.op) else { return nil }
    let images = graph[operation.operands[0]].type.shape
    guard images.rank == 4, result.rank == 4, images.dimensions[0] == result.dimensions[0],
        images.dimensions[3] == result.dimensions[3],
        [1, 2].allSatisfy({ result.dimensions[$0].constant == 1 && images.dimensions[$0].constant != 1 }),
        // Of one image and one channel this is the sum of everything.
        result.dimensions[0].constant != 1 || result.dimensions[3].constant != 1
    else { return nil }
    return operation.op == .mean ? .mean : .sum
}

/// `sum` or `mean` where an operation reduces all images to one pixel, and no filter's gradient reads what it reads.
private func reductionToChannels(_ operation: Operation, to result: Shape, in graph: Graph, _ uses: Uses) -> OpName? {
    guard [.sum, .mean, .sumTo].contains(operation.op) else { return nil }
    let images = graph[operation.operands[0]].type.shape
    guard images.rank == 4, [1, 2].allSatisfy({ images.dimensions[$0].constant != 1 }),
        result.rank == 1 || result.rank == 4, let channels = result.dimensions.last, channels == images.dimensions[3],
        channels.constant != 1, result.dimensions.dropLast().allSatisfy({ $0.constant == 1 }),
        !uses.readers(of: operation.operands[0]).contains(where: { graph[$0].operation?.op == .conv2DFilterGradient })
    else { return nil }
    return operation.op == .mean ? .mean : .sum
}
