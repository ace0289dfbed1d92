import GraphIR

/// Moves what is added to each channel of a convolution's result into its bias, which is small and, in inference,
/// prepared once.
///
/// Rewrites
///
///     conv2d(x, filter) + bias + c    to  conv2d(x, filter) + (bias + c)
///     conv2d(x, filter) + bias - c    to  conv2d(x, filter) + (bias - c)
///     conv2d(x, filter) - c           to  conv2d(x, filter) + -c
///
/// where nothing else reads the values in between. With ``foldScales(_:)`` a batch norm by known statistics becomes a
/// part of the convolution before it.
/// Requires: filter, bias and c depend on weights alone, c with one element for each channel or for all. Ensures: the same
/// result but for one more rounding of each bias. Does not touch what is known in runs only.
/// Examples: `Tests/Golden/Simplify`.
func foldShifts(_ graph: Graph) throws(NodeError) -> Graph {
    let uses = Uses(of: graph)
    let dependsOnWeightsAlone = graph.weightClosure()
    return try graph.replacingValues { id, rewriter throws(OpError) in
        guard let operation = graph[id].operation, operation.op == .add || operation.op == .subtract,
            let tail = ConvolutionTail(operation.operands[0], in: graph, uses, dependsOnWeightsAlone),
            dependsOnWeightsAlone[operation.operands[1].index], graph.isOfChannels(operation.operands[1], of: id),
            tail.bias != nil || operation.op == .subtract
        else { return nil }
        let shift = rewriter.place(of: operation.operands[1])
        let bias =
            if let bias = tail.bias {
                try rewriter.builder.apply(operation.op, [rewriter.place(of: bias), shift], named: "bias_shifted")
            } else {
                try rewriter.builder.apply(.negate, [shift], named: "bias_shifted")
            }
        return try rewriter.builder.apply(.add, [rewriter.place(of: tail.convolution), bias], named: graph[id].name)
    }
}
