import GraphIR

/// `conv2d(x, filter)` or `conv2d(x, filter) + bias` that only one operation reads.
struct ConvolutionTail {
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
                dependsOnWeightsAlone[operation.operands[1].index], graph.isOfChannels(operation.operands[1], of: id)
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

extension Graph {
    /// Whether a value has one element for each channel of another, or one for all.
    func isOfChannels(_ value: ValueID, of image: ValueID) -> Bool {
        PointwiseTable.spread(of: self[value].type.shape, over: self[image].type.shape)?.isSameForAllRows == true
    }
}
