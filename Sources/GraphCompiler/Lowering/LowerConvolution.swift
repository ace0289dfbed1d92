import GraphIR
import KernelInterface

/// A 3×3 convolution of stride 1 by Winograd's algorithm, where its tiles cover not much more than the image.
func lowerWinogradConvolution(_ analysis: GroupAnalysis) -> Lowering? {
    guard let direct = lowerDirectConvolution(analysis), direct.prologue == nil,
        case .convolution(let geometry) = direct.geometry,
        geometry.filterHeight == 3, geometry.filterWidth == 3, geometry.stride == 1,
        geometry.inputChannels % 8 == 0
    else { return nil }
    let layout = WinogradLayout(geometry, epilogueByteCount: 0, resultCount: 0)
    let tilePixels = WinogradLayout.tileSize * WinogradLayout.tileSize
    guard
        layout.tileRowsPerImage * layout.tilesPerRow * tilePixels <= 2 * geometry.outputHeight * geometry.outputWidth,
        case .packedFilter(let filter, let packing, _) = direct.inputs[1]
    else { return nil }
    var lowering = direct
    lowering.inputs[1] = .packedFilter(
        filter, packing: packing == "pack_filter" ? "transform_filter" : "transform_filter_turned",
        byteCount: geometry.transformedFilterByteCount)
    lowering.rowUnit = WinogradLayout.tileSize * geometry.shuffleBlock
    lowering.leastRowsPerTask =
        lowering.rowUnit * ((layout.blockTileCount + layout.tilesPerRow - 1) / layout.tilesPerRow)
    lowering.operationsPerRow /= 3
    lowering.scratchByteCount = geometry.winogradScratchByteCount(epilogue: direct.epilogue)
    return lowering
}

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

    let packedFilter = Lowering.Input.packedFilter(
        filter, packing: isTurned ? "pack_filter_turned" : "pack_filter", byteCount: geometry.packedFilterByteCount)
    let image: ValueID
    var inputs: [Lowering.Input]
    var prologue: PointwiseProgram?
    if analysis.prologue.isEmpty {
        guard analysis.graph[source].type.element == .f32 else { return nil }
        image = source
        inputs = [.value(image), packedFilter]
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
        inputs = [.value(image), packedFilter] + lowered.operands.map { .value($0) }
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
