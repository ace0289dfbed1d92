import GraphIR

/// Moves a constant factor on a convolution's way into its filter, which is small and, in inference,
/// prepared once.
///
/// Rewrites
///
///     conv2d(x * c, filter)             to  conv2d(x, filter * c)
///     c * (conv2d(x, filter) + bias)    to  conv2d(x, filter * c) + bias * c
///
/// and likewise for division, where nothing else reads the values in between.
/// Requires: filter and bias depend on weights alone. Ensures: the same result but for one more
/// rounding of each weight, a relative error of 2⁻²⁴ per product: the order of f32's own.
/// Does not touch factors that are not numbers. Examples: `Tests/Golden/Simplify`.
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
            let scale = Scale(of: operation.operands[0], in: graph),
            uses.onlyReader(of: operation.operands[0]) == id
        {
            let filter = try scale.apply(to: rewriter.place(of: operation.operands[1]), named: "filter", in: &rewriter)
            rewriter.copy(id, operands: [rewriter.place(of: scale.source), filter])
        } else if let scale = Scale(of: id, in: graph),
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
    var factor: Double
    var op: OpName

    init?(of id: ValueID, in graph: Graph) {
        guard let operation = graph[id].operation else { return nil }
        switch operation.op {
        case .multiply:
            if let factor = graph.constant(operation.operands[1]) {
                self.init(source: operation.operands[0], factor: factor, op: .multiply)
            } else if let factor = graph.constant(operation.operands[0]) {
                self.init(source: operation.operands[1], factor: factor, op: .multiply)
            } else {
                return nil
            }
        case .divide:
            guard let factor = graph.constant(operation.operands[1]) else { return nil }
            self.init(source: operation.operands[0], factor: factor, op: .divide)
        // None of these has a factor among its operands.
        case .castToF32, .castToU8, .add, .subtract, .negate, .relu, .leakyReLU, .prelu, .reluGradient, .tanh, .sigmoid, .abs,
            .sign, .sqrt, .power, .round, .clip, .clipGradient, .conv2D, .conv2DInputGradient, .conv2DFilterGradient, .mean,
            .meanGradient, .sum, .sumGradient, .sumTo, .broadcast, .psnr, .psnrGradient, .depthToSpace, .spaceToDepth, .concat,
            .slice, .padZero, .resizeBicubic, .resizeBicubicGradient:
            return nil
        }
    }

    private init(source: ValueID, factor: Double, op: OpName) {
        self.source = source
        self.factor = factor
        self.op = op
    }

    func apply(to tensor: ValueID, named name: String, in rewriter: inout GraphRewriter) throws(OpError) -> ValueID {
        let constant = rewriter.builder.constant(factor)
        return try rewriter.builder.apply(op, [tensor, constant], named: "\(name)_scaled")
    }
}

/// `conv2d(x, filter)` or `conv2d(x, filter) + bias` that only one operation reads.
private struct ConvolutionTail {
    var convolution: ValueID
    var bias: ValueID?

    init?(_ id: ValueID, in graph: Graph, _ uses: Uses, _ dependsOnWeightsAlone: [Bool]) {
        guard uses.onlyReader(of: id) != nil, let operation = graph[id].operation else { return nil }
        switch operation.op {
        case .conv2D:
            convolution = id
        case .add:
            guard graph[operation.operands[0]].operation?.op == .conv2D,
                uses.onlyReader(of: operation.operands[0]) == id,
                dependsOnWeightsAlone[operation.operands[1].index]
            else { return nil }
            convolution = operation.operands[0]
            bias = operation.operands[1]
        // A tail ends in a convolution or in the sum with its bias, and an op that is added is neither.
        default:
            return nil
        }
        guard dependsOnWeightsAlone[graph[convolution].operands[1].index] else { return nil }
    }
}
