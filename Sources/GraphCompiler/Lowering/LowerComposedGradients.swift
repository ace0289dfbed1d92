import GraphIR
import GraphKernelInterface

// The gradients of z = conv2d(u, g), u = depth_to_space(conv2d(x, f) + b), as groups hold them that have neither u nor
// its gradient in memory. They read the gradient of z by blocks of pixels: dz = depth_to_space(blocks).

/// The gradient with respect to x, as one convolution with the composed filters, rotated.
func lowerComposedInputGradient(_ analysis: GroupAnalysis) -> Lowering? {
    var members = GroupMembers(analysis)
    guard
        let dz = members.take(.depthToSpace),
        let du = members.take(.conv2DInputGradient, of: dz.id),
        let dy = members.take(.spaceToDepth, of: du.id),
        let dx = members.take(.conv2DInputGradient, of: dy.id),
        members.isEmpty, analysis.results == [dx.id], members.makeNone(of: [dz, du, dx].map(\.operands.last)),
        analysis.graph[dz.operands[0]].type.element == .f32,
        let convolution = dx.geometry(image: dx.id, filter: dx.operands[1], result: dy.id, dy.block),
        let next = du.geometry(image: du.id, filter: du.operands[1], result: dz.id),
        let composition = composition(convolution, hasBias: false, then: next), dz.block == dy.block
    else { return nil }
    let composed = Lowering.Input.composed(
        dx.operands[1], then: .packed(du.operands[1], next), biases: [], composition)
    let rotated = Lowering.Input.made(
        AuxiliaryStep(
            kernel: .rotateComposedFilters, role: .packedFilter, sources: [composed],
            geometry: .composedFilter(composition), rowCount: ImageBorders.setCount,
            rowElementCount: composition.rotatedRowElementCount, suffix: "rotate",
            resultSuffix: "rotated"))
    var geometry = convolution.composed(composition)
    swap(&geometry.inputChannels, &geometry.outputChannels)
    geometry.shuffleBlock = 1
    return composedConvolution([.value(dz.operands[0]), rotated], results: analysis.results, geometry, epilogue: nil)
}

/// The gradients with respect to g, f and b: sums for the composed filter, and what they say of each.
func lowerComposedFilterGradients(_ analysis: GroupAnalysis) -> Lowering? {
    var members = GroupMembers(analysis)
    guard let t = members.take(.conv2D) else { return nil }
    let sum = members.take(.add)
    let bias = sum.flatMap { analysis.graph.bias($0.operation, of: t.id) }
    guard
        (sum == nil) == (bias == nil),
        let u = members.take(.depthToSpace, of: sum?.id ?? t.id),
        let dz = members.take(.depthToSpace),
        let dg = members.take(.conv2DFilterGradient, of: u.id), dg.operands[1] == dz.id,
        let du = members.take(.conv2DInputGradient, of: dz.id),
        let dy = members.take(.spaceToDepth, of: du.id),
        let df = members.take(.conv2DFilterGradient, of: t.operands[0]), df.operands[1] == dy.id
    else { return nil }
    let db = members.take(.sumTo, of: dy.id)
    guard
        (db == nil) == (bias == nil), members.isEmpty,
        analysis.results == [dg.id, df.id] + [db?.id].compactMap({ $0 }),
        members.makeNone(of: t.operands + dz.operands + [du.operands[1], bias]),
        let image = t.operands.first, let blocks = dz.operands.first, analysis.graph[image].type.element == .f32,
        analysis.graph[blocks].type.element == .f32, dz.block == dy.block, u.block == dy.block,
        let convolution = t.geometry(image: image, filter: t.operands[1], result: t.id, dy.block),
        convolution == df.geometry(image: image, filter: df.id, result: dy.id, dy.block),
        let next = du.geometry(image: du.id, filter: du.operands[1], result: dz.id),
        next == dg.geometry(image: u.id, filter: dg.id, result: dz.id),
        let composition = composition(convolution, hasBias: bias != nil, then: next),
        db == nil || db.map({ analysis.shape($0.id) }) == [convolution.outputChannels]
    else { return nil }
    let composed = convolution.composed(composition)
    let tapOperations =
        2 * composed.imageCount * composed.outputHeight * composed.outputWidth * composed.inputChannels
        * composed.outputChannels
    let sums = Lowering.Input.made(
        AuxiliaryStep(
            kernel: .composedGradientSums, role: .partialSums, sources: [.value(image), .value(blocks)],
            geometry: .convolution(composed), rowCount: composed.composedSumRowCount,
            rowElementCount: composed.composedSumRowElementCount,
            suffix: "sum", resultSuffix: "sums", rowsPerTask: composed.filterWidth,
            operationsPerRow: tapOperations / ImageBorders.setCount,
            scratchByteCount: composed.composedSumScratchByteCount))
    let filters = [t.operands[1], du.operands[1]] + [bias].compactMap { $0 }
    return Lowering(
        inputs: [sums] + filters.map { .value($0) }, results: analysis.results, geometry: .composedFilter(composition),
        isWhole: true, operationsPerRow: max(1, composition.gradientOperationCount),
        scratchByteCount: composition.gradientScratchByteCount)
}

/// nil where the kernels of composed gradients do not fit the convolutions.
private func composition(
    _ convolution: ConvolutionGeometry, hasBias: Bool, then next: ConvolutionGeometry
) -> ComposedFilterGeometry? {
    guard convolution.filterHeight <= 3, convolution.inputHeight >= 3, convolution.inputWidth >= 3,
        next.inputChannels % 8 == 0
    else { return nil }
    return ComposedFilterGeometry(
        convolution, hasBias: hasBias, then: next, nextHasBias: false, channels: next.outputChannels,
        nextIsComposed: false)
}

/// The members of a group, read from the first to the last.
private struct GroupMembers {
    struct Member {
        let id: ValueID
        let operation: Operation
        let analysis: GroupAnalysis

        var operands: [ValueID] { operation.operands }
        /// The block of a pixel shuffle.
        var block: Int { operation.attributes.integer("block") }

        /// Of the convolution that this operation is, or is a gradient of.
        func geometry(
            image: ValueID, filter: ValueID, result: ValueID, _ shuffleBlock: Int = 1
        ) -> ConvolutionGeometry? {
            var geometry = composableGeometry(
                input: analysis.shape(image), filter: analysis.shape(filter), output: analysis.shape(result),
                operation.attributes)
            geometry?.shuffleBlock = shuffleBlock
            return geometry
        }
    }

    private let analysis: GroupAnalysis
    private var rest: ArraySlice<ValueID>

    init(_ analysis: GroupAnalysis) {
        self.analysis = analysis
        rest = analysis.group.members[...]
    }

    var isEmpty: Bool { rest.isEmpty }

    /// Whether the group reads all of these values from memory.
    func makeNone(of values: [ValueID?]) -> Bool {
        values.allSatisfy { value in value.map(analysis.group.members.contains) != true }
    }

    /// The next member, if it is this op, of this value.
    mutating func take(_ op: OpName, of operand: ValueID? = nil) -> Member? {
        guard let id = rest.first, let operation = analysis.graph[id].operation, operation.op == op,
            operand == nil || operation.operands.first == operand
        else { return nil }
        rest.removeFirst()
        return Member(id: id, operation: operation, analysis: analysis)
    }
}
