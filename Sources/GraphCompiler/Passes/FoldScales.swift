import GraphIR

/// Moves a factor on a convolution's way into its filter, which is small and, in inference, prepared once.
///
/// Rewrites
///
///     conv2d(x * c, filter)             to  conv2d(x, filter * c)
///     c * (conv2d(x, filter) + bias)    to  conv2d(x, filter * c) + bias * c
///
/// and likewise for division, where nothing else reads the values in between. Before a convolution c is a number; behind
/// one it may be of each channel, and depend on weights.
/// Requires: filter and bias depend on weights alone. Ensures: the same result but for one more
/// rounding of each weight, a relative error of 2⁻²⁴ per product: the order of f32's own.
/// Does not touch factors that are known in runs only. Examples: `Tests/Golden/Simplify`.
func foldScales(_ graph: Graph) throws(NodeError) -> Graph {
    do {
        return eliminateDeadCode(try withFoldedScales(graph))
    } catch {
        throw .op(error, at: nil)
    }
}

private func withFoldedScales(_ graph: Graph) throws(OpError) -> Graph {
    let uses = Uses(of: graph)
    let dependsOnWeightsAlone = graph.weightClosure()
    var rewriter = GraphRewriter(graph)
    for id in graph.ids {
        guard let operation = graph[id].operation else {
            rewriter.copy(id)
            continue
        }
        if operation.op == .conv2D, dependsOnWeightsAlone[operation.operands[1].index],
            let scale = Scale(of: operation.operands[0], in: graph, isFactor: { graph.constant($0) != nil }),
            uses.onlyReader(of: operation.operands[0]) == id
        {
            let filter = try scale.apply(to: rewriter.place(of: operation.operands[1]), named: "filter", in: &rewriter)
            rewriter.copy(id, operands: [rewriter.place(of: scale.source), filter])
        } else if let scale = Scale(
            of: id, in: graph,
            isFactor: { graph.constant($0) != nil || dependsOnWeightsAlone[$0.index] && graph.isOfChannels($0, of: id) }),
            let tail = ConvolutionTail(scale.source, in: graph, uses, dependsOnWeightsAlone)
        {
            let convolution = graph[tail.convolution]
            let filter = try scale.apply(
                to: rewriter.place(of: convolution.operands[1]), named: "filter", in: &rewriter)
            let inner = try rewriter.builder.apply(
                .conv2D, [rewriter.place(of: convolution.operands[0]), filter],
                convolution.operation?.attributes ?? Attributes(), named: tail.bias == nil ? graph[id].name : convolution.name)
            if let bias = tail.bias {
                let scaled = try scale.apply(to: rewriter.place(of: bias), named: "bias", in: &rewriter)
                rewriter.replace(
                    id, with: try rewriter.builder.apply(.add, [inner, scaled], named: graph[id].name))
            } else {
                rewriter.replace(id, with: inner)
            }
        } else {
            rewriter.copy(id)
        }
    }
    return rewriter.finish()
}

/// `source * factor` or `source / factor`.
private struct Scale {
    var source: ValueID
    var factor: ValueID
    var op: OpName

    init?(of id: ValueID, in graph: Graph, isFactor: (ValueID) -> Bool) {
        guard let operation = graph[id].operation else { return nil }
        op = operation.op
        switch operation.op {
        case .multiply where isFactor(operation.operands[1]), .divide where isFactor(operation.operands[1]):
            (source, factor) = (operation.operands[0], operation.operands[1])
        case .multiply where isFactor(operation.operands[0]):
            (source, factor) = (operation.operands[1], operation.operands[0])
        case .multiply, .divide: return nil
        // None of these has a factor among its operands.
        case .castToF32, .castToU8, .add, .subtract, .negate, .relu, .leakyReLU, .prelu, .reluGradient, .tanh, .sigmoid, .exp,
            .log, .erf, .abs, .sign, .sqrt, .power, .round, .floor, .clip, .less, .lessOrEqual, .equal, .maximum, .minimum,
            .select, .clipGradient, .conv2D, .conv2DInputGradient, .conv2DFilterGradient, .mean,
            .meanGradient, .sum, .sumGradient, .sumTo, .broadcast, .psnr, .psnrGradient, .depthToSpace, .spaceToDepth, .concat,
            .slice, .padZero, .pad, .padGradient, .reshape, .transpose, .table, .matmul, .reduceMax, .softmax,
            .maxPool, .maxPoolGradient, .averagePool, .averagePoolGradient, .resize, .resizeGradient,
            .resizeBicubic, .resizeBicubicGradient:
            return nil
        }
    }

    func apply(to tensor: ValueID, named name: String, in rewriter: inout GraphRewriter) throws(OpError) -> ValueID {
        try rewriter.builder.apply(op, [tensor, rewriter.place(of: factor)], named: "\(name)_scaled")
    }
}
