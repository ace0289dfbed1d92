import GraphIR
import KernelInterface

/// `conv2d`, and `conv2d_input_gradient` at stride 1, which is a convolution of the output's gradient
/// with the filter turned by half and its channels exchanged.
func lowerDirectConvolution(_ analysis: GroupAnalysis) -> Lowering? {
    guard let anchor = analysis.anchor, let operation = analysis.anchorOperation, analysis.results.count == 1 else {
        return nil
    }
    let isTurned = operation.op == "conv2d_input_gradient"
    guard !isTurned || operation.attributes.integer("stride") == 1 else { return nil }
    let source = operation.operands[0], filter = operation.operands[1]
    var geometry = convolutionGeometry(
        input: analysis.shape(source), filter: analysis.shape(filter), output: analysis.shape(anchor),
        operation.attributes, isTurned: isTurned)
    if let shuffle = analysis.shuffle {
        geometry.shuffleBlock = analysis.graph[shuffle].operation?.attributes.integer("block") ?? 1
    }

    let image: ValueID
    var inputs: [Lowering.Input]
    var prologue: PointwiseProgram?
    if analysis.prologue.isEmpty {
        guard analysis.graph[source].type.element == .f32 else { return nil }
        image = source
        inputs = [.value(image), .packedFilter(filter, isTurned: isTurned)]
    } else {
        let shape = analysis.graph[source].type.shape
        let inside = Set(analysis.prologue)
        guard
            let first = analysis.prologue.flatMap({ analysis.graph[$0].operands }).first(where: {
                !inside.contains($0) && analysis.graph[$0].type.shape == shape
            }),
            let lowered = analysis.program(analysis.prologue, source: first, results: [source])
        else { return nil }
        image = first
        prologue = lowered.program
        inputs = [.value(image), .packedFilter(filter, isTurned: isTurned)] + lowered.operands.map { .value($0) }
    }
    let epilogueFirstInput = inputs.count
    guard let epilogue = analysis.program(analysis.epilogue, source: anchor, results: analysis.results) else { return nil }
    inputs += epilogue.operands.map { .value($0) }

    let rowOperations =
        2 * geometry.outputWidth * geometry.outputChannels * geometry.filterHeight * geometry.filterWidth
        * geometry.inputChannels
    return Lowering(
        inputs: inputs, results: analysis.results, geometry: .convolution(geometry), prologue: prologue,
        epilogue: epilogue.program, prologueFirstInput: 2, epilogueFirstInput: epilogueFirstInput,
        rowUnit: geometry.shuffleBlock, operationsPerRow: max(1, rowOperations / geometry.shuffleBlock),
        scratchByteCount: geometry.directScratchByteCount(prologue: prologue, epilogue: epilogue.program))
}

func lowerFilterGradient(_ analysis: GroupAnalysis) -> Lowering? {
    guard let anchor = analysis.anchor, let operation = analysis.anchorOperation, analysis.group.members.count == 1 else {
        return nil
    }
    let geometry = convolutionGeometry(
        input: analysis.shape(operation.operands[0]), filter: analysis.shape(anchor),
        output: analysis.shape(operation.operands[1]), operation.attributes, isTurned: false)
    let tapOperations =
        2 * geometry.imageCount * geometry.outputHeight * geometry.outputWidth * geometry.inputChannels
        * geometry.outputChannels
    return Lowering(
        inputs: operation.operands.map { .value($0) }, results: [anchor], geometry: .convolution(geometry),
        operationsPerRow: tapOperations, scratchByteCount: geometry.directFilterGradientScratchByteCount(prologue: nil))
}

private func convolutionGeometry(
    input: [Int], filter: [Int], output: [Int], _ attributes: Attributes, isTurned: Bool
) -> ConvolutionGeometry {
    let isSame = attributes.symbol("pad") == "same"
    let padTop = isSame ? (filter[0] - 1) / 2 : 0, padLeft = isSame ? (filter[1] - 1) / 2 : 0
    return ConvolutionGeometry(
        inputHeight: input[1], inputWidth: input[2], inputChannels: input[3],
        outputHeight: output[1], outputWidth: output[2], outputChannels: output[3],
        filterHeight: filter[0], filterWidth: filter[1], stride: attributes.integer("stride"),
        padTop: isTurned ? filter[0] - 1 - padTop : padTop, padLeft: isTurned ? filter[1] - 1 - padLeft : padLeft,
        imageCount: input[0])
}
