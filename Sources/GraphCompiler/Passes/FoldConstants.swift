import GraphIR

/// Computes what depends on numbers alone, and drops operations that change nothing.
///
/// Rewrites `log(2) * 3` to a number; `x * 1`, `x / 1`, `x + 0`, `x - 0`, and casts, broadcasts, sums, means
/// and their gradients, slices, concatenations, shuffles of pixels and resizes to the type that their operand has to the
/// operand.
/// Requires: a verified graph. Ensures: no operation has only constants as operands.
/// Does not reorder arithmetic: apart from the sign of a zero, results keep their bits.
/// Examples: `Tests/Golden/Simplify`.
func foldConstants(_ graph: Graph) -> Graph {
    var rewriter = GraphRewriter(graph)
    for id in graph.ids {
        guard let operation = graph[id].operation else {
            rewriter.copy(id)
            continue
        }
        let operands = operation.operands.map(rewriter.place)
        if let number = constantResult(of: operation, graph[id].type, operands, in: rewriter.graph) {
            rewriter.replace(id, with: rewriter.builder.constant(number))
        } else if let same = unchangedOperand(of: operation, graph[id].type, operands, in: rewriter.graph) {
            rewriter.replace(id, with: same)
        } else {
            rewriter.copy(id)
        }
    }
    return rewriter.finish()
}

private func constantResult(
    of operation: Operation, _ type: TensorType, _ operands: [ValueID], in graph: Graph
) -> Double? {
    guard type == .scalar else { return nil }
    var tensors: [Tensor<Double>] = []
    for operand in operands {
        guard let number = graph.constant(operand) else { return nil }
        tensors.append(.scalar(number))
    }
    let result = operation.op.definition.evaluate(tensors, operation.attributes, resultShape: []).values[0]
    // The language has no word for infinities and NaN: the runtime makes them.
    return result.isFinite ? result : nil
}

private func unchangedOperand(
    of operation: Operation, _ type: TensorType, _ operands: [ValueID], in graph: Graph
) -> ValueID? {
    let candidate: ValueID?
    switch operation.op {
    case .add:
        candidate = graph.constant(operands[1]) == 0 ? operands[0] : graph.constant(operands[0]) == 0 ? operands[1] : nil
    case .multiply:
        candidate = graph.constant(operands[1]) == 1 ? operands[0] : graph.constant(operands[0]) == 1 ? operands[1] : nil
    case .subtract:
        candidate = graph.constant(operands[1]) == 0 ? operands[0] : nil
    case .divide:
        candidate = graph.constant(operands[1]) == 1 ? operands[0] : nil
    case .castToF32, .castToU8, .broadcast, .sumTo, .reshape, .sum, .sumGradient, .mean, .meanGradient, .reduceMax,
        .concat, .depthToSpace, .spaceToDepth, .resize, .resizeBicubic:
        candidate = operands[0]
    // From elsewhere than the beginning it fits by chance, and is refused for most sizes.
    case .slice:
        candidate = operation.attributes.size("start").constant == 0 ? operands[0] : nil
    // These leave an operand as it is by chance only.
    case .negate, .relu, .leakyReLU, .prelu, .reluGradient, .tanh, .sigmoid, .exp, .log, .erf, .abs, .sign, .sqrt, .power,
        .round, .floor, .clip, .less, .lessOrEqual, .equal, .maximum, .minimum, .select,
        .clipGradient, .conv2D, .conv2DInputGradient, .conv2DFilterGradient, .psnr, .psnrGradient, .padZero,
        .pad, .padGradient, .transpose, .table, .matmul, .softmax, .maxPool, .maxPoolGradient, .averagePool,
        .averagePoolGradient, .resizeGradient, .resizeBicubicGradient:
        candidate = nil
    }
    guard let candidate, graph[candidate].type == type else { return nil }
    return candidate
}

extension Graph {
    /// The number that a value is, when it is a constant.
    func constant(_ id: ValueID) -> Double? {
        if case .constant(let number) = self[id].content { number } else { nil }
    }
}
