import GraphBasics
import GraphIR
import GraphKernelInterface

/// A 3×3 or 5×5 convolution of stride 1 by Winograd's algorithm, where its tiles cover not much more than the image.
func lowerWinogradConvolution(_ analysis: GroupAnalysis) -> Lowering? {
    guard let direct = directConvolution(analysis), direct.prologue == nil,
        case .convolution(let geometry) = direct.geometry, suitsWinograd(geometry),
        // The last row of tiles reads no row of the image that its results do not need.
        geometry.inputHeight + geometry.padTop < geometry.outputHeight + geometry.filterHeight,
        case .made(var packing) = direct.inputs[1]
    else { return nil }
    if packing.kernel == .packFilter {
        packing.kernel = .transformFilter
    } else {
        packing.kernel = .transformFilterRotated
        packing.scratchByteCount = geometry.rotatedFilterScratchByteCount
    }
    packing.rowElementCount = geometry.transformedFilterByteCount / 4
    var lowering = direct
    lowering.inputs[1] = .made(packing)
    let layout = WinogradLayout(geometry, epilogueByteCount: 0, resultCount: 0)
    lowering.rowUnit = WinogradLayout.tileSize * geometry.shuffleBlock
    lowering.leastRowsPerTask = lowering.rowUnit * layout.blockTileCount.ceilingDivided(by: geometry.tilesPerRow)
    // What tiles save is 4 and 6.25 times, of which the transforms cost a part.
    lowering.operationsPerRow /= geometry.filterHeight
    lowering.scratchByteCount = geometry.winogradScratchByteCount(epilogue: direct.epilogue)
    return lowering
}

/// 3×3 and 5×5 convolutions of stride 1, one group and no dilation whose tiles of results cover at most twice the image.
private func suitsWinograd(_ geometry: ConvolutionGeometry) -> Bool {
    guard geometry.filterHeight == 3 || geometry.filterHeight == 5, geometry.filterWidth == geometry.filterHeight,
        geometry.stride == 1, geometry.hasConnectedTaps, geometry.inputChannels >= 8, geometry.pieces.fillVectors
    else { return false }
    let tilePixels = WinogradLayout.tileSize * WinogradLayout.tileSize
    return geometry.tileRowsPerImage * geometry.tilesPerRow * tilePixels <= 2 * geometry.outputHeight * geometry.outputWidth
}

/// `conv2d`, and `conv2d_input_gradient`: at stride 1 a convolution of the output's gradient with the filter rotated by half
/// a circle and its channels exchanged, at other strides a convolution and a pixel shuffle.
///
/// Not where the shuffled convolution multiplies more, zeros being among its taps, than each phase by itself.
func lowerDirectConvolution(_ analysis: GroupAnalysis) -> Lowering? {
    guard let lowering = directConvolution(analysis), case .convolution(let shuffled) = lowering.geometry else { return nil }
    if let operation = analysis.anchorOperation, operation.op == .conv2DInputGradient,
        operation.attributes.integer("stride") > 1, let byPhase = lowerDirectInputGradient(analysis),
        case .convolution(let geometry) = byPhase.geometry, geometry.packedFilterByteCount < shuffled.packedFilterByteCount
    {
        return nil
    }
    return lowering
}

private func directConvolution(_ analysis: GroupAnalysis) -> Lowering? {
    guard let operation = analysis.anchorOperation,
        var lowering = operation.op == .conv2D || operation.attributes.integer("stride") == 1
            ? lowerConvolution(analysis) : lowerShuffledInputGradient(analysis),
        case .convolution(let geometry) = lowering.geometry, !geometry.isDepthwise
    else { return nil }
    lowering.scratchByteCount = geometry.directScratchByteCount(
        prologue: lowering.prologue, epilogue: lowering.epilogue)
    return lowering
}

/// `conv2d` whose groups are its channels, and at stride 1 its input gradient.
func lowerDepthwiseConvolution(_ analysis: GroupAnalysis) -> Lowering? {
    guard let operation = analysis.anchorOperation,
        operation.op == .conv2D || operation.attributes.integer("stride") == 1,
        var lowering = lowerConvolution(analysis), case .convolution(let geometry) = lowering.geometry, geometry.isDepthwise
    else { return nil }
    lowering.scratchByteCount = geometry.depthwiseScratchByteCount(
        prologue: lowering.prologue, epilogue: lowering.epilogue)
    return lowering
}

/// A convolution to few channels as dot products along the input channels.
func lowerDotConvolution(_ analysis: GroupAnalysis) -> Lowering? {
    guard var lowering = lowerConvolution(analysis), case .convolution(let geometry) = lowering.geometry,
        geometry.suitsDotConvolution, case .made(var packing) = lowering.inputs[1]
    else { return nil }
    packing.kernel = .packFilterOutputs
    packing.rowElementCount = geometry.outputFilterByteCount / 4
    lowering.inputs[1] = .made(packing)
    lowering.scratchByteCount = geometry.dotScratchByteCount(prologue: lowering.prologue, epilogue: lowering.epilogue)
    return lowering
}

/// A convolution to few channels, whose filter's columns fill the vectors.
func lowerNarrowConvolution(_ analysis: GroupAnalysis) -> Lowering? {
    guard var lowering = lowerConvolution(analysis), case .convolution(let geometry) = lowering.geometry,
        geometry.suitsNarrowConvolution, case .made(var packing) = lowering.inputs[1]
    else { return nil }
    packing.kernel = .packFilterColumns
    packing.rowElementCount = geometry.columnFilterByteCount / 4
    lowering.inputs[1] = .made(packing)
    lowering.scratchByteCount = geometry.narrowScratchByteCount(prologue: lowering.prologue, epilogue: lowering.epilogue)
    return lowering
}

/// `conv2d_input_gradient` with a stride as a convolution of stride 1 with the phases of its filter, and a pixel shuffle.
private func lowerShuffledInputGradient(_ analysis: GroupAnalysis) -> Lowering? {
    guard var lowering = lowerConvolution(analysis), case .convolution(let gradient) = lowering.geometry,
        let geometry = gradient.shuffledInputGradient,
        // Behind the shuffle rows have another order, in which no further image is read.
        lowering.epilogue?.operands.dropFirst().allSatisfy(\.spread.isSameForAllRows) ?? true,
        case .made(var packing) = lowering.inputs[1]
    else { return nil }
    packing.sources = [
        .made(
            AuxiliaryStep(
                kernel: .filterPhases, role: .packedFilter, sources: packing.sources, geometry: .convolution(gradient),
                rowCount: geometry.filterHeight * geometry.filterWidth,
                rowElementCount: geometry.inputChannels * geometry.outputChannels, suffix: "phases", resultSuffix: "phases"))
    ]
    packing.kernel = .packFilter
    packing.rowElementCount = geometry.packedFilterByteCount / 4
    lowering.inputs[1] = .made(packing)
    lowering.geometry = .convolution(geometry)
    lowering.rowUnit = geometry.shuffleBlock
    return lowering
}

/// `conv2d_input_gradient` with a stride, phase by phase.
func lowerDirectInputGradient(_ analysis: GroupAnalysis) -> Lowering? {
    guard var lowering = lowerConvolution(analysis), case .convolution(var geometry) = lowering.geometry else { return nil }
    if geometry.dilation > 1, case .made(var packing) = lowering.inputs[1] {
        let dilated = geometry.withDilatedFilter
        packing.sources = [
            .made(
                AuxiliaryStep(
                    kernel: .dilateFilter, role: .packedFilter, sources: packing.sources, geometry: .convolution(geometry),
                    rowCount: dilated.filterHeight * dilated.filterWidth,
                    rowElementCount: geometry.groupInputChannels * geometry.outputChannels, suffix: "dilate",
                    resultSuffix: "dilated"))
        ]
        let packed = dilated.isDepthwise ? dilated.ofDepthwiseFilter : dilated
        packing.geometry = .convolution(packed)
        packing.rowElementCount = packed.packedFilterByteCount / 4
        lowering.inputs[1] = .made(packing)
        lowering.geometry = .convolution(dilated)
        geometry = dilated
    }
    lowering.operationsPerRow = max(1, lowering.operationsPerRow / (geometry.stride * geometry.stride))
    lowering.scratchByteCount = geometry.directInputGradientScratchByteCount(
        prologue: lowering.prologue, epilogue: lowering.epilogue)
    return lowering
}

/// A convolution or input gradient with what stands before and behind it; the kernel's scratch is left open.
private func lowerConvolution(_ analysis: GroupAnalysis) -> Lowering? {
    guard let anchor = analysis.anchor, let operation = analysis.anchorOperation, analysis.results.count == 1,
        !analysis.hasFurtherOperations,
        analysis.shape(analysis.results[0]) == analysis.shape(analysis.shuffle ?? anchor)
    else { return nil }
    let isRotated = operation.op == .conv2DInputGradient
    let source = operation.operands[0], filter = operation.operands[1]
    var geometry = convolutionGeometry(
        input: analysis.shape(source), filter: analysis.shape(filter), output: analysis.shape(anchor),
        operation.attributes, isRotated: isRotated && operation.attributes.integer("stride") == 1)
    if let shuffle = analysis.shuffle {
        geometry.shuffleBlock = analysis.graph[shuffle].operation?.attributes.integer("block") ?? 1
    }

    let packing = geometry.isDepthwise ? geometry.ofDepthwiseFilter : geometry
    let packedFilter = Lowering.Input.made(
        AuxiliaryStep(
            kernel: isRotated ? .packFilterRotated : .packFilter, role: .packedFilter, sources: [.value(filter)],
            geometry: geometry.isDepthwise ? .convolution(packing) : nil, rowElementCount: packing.packedFilterByteCount / 4,
            suffix: "pack", resultSuffix: "filter"))
    let image: ValueID
    var inputs: [Lowering.Input]
    var prologue: PointwiseProgram?
    var pieces: [ChannelPiece] = []
    if !analysis.gather.isEmpty {
        guard analysis.prologue.isEmpty, let gathered = ChannelPiece.pieces(of: source, analysis) else { return nil }
        pieces = gathered
        image = pieces[0].image
        inputs = [.value(image), packedFilter]
    } else if analysis.prologue.isEmpty {
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
    if !pieces.isEmpty {
        guard let places = ChannelPieces(pieces, analysis, firstInput: inputs.count) else { return nil }
        geometry.pieces = places
        inputs += pieces.dropFirst().map { .value($0.image) }
    }

    let rowOperations =
        2 * geometry.outputWidth * geometry.outputChannels * geometry.filterHeight * geometry.filterWidth
        * geometry.groupInputChannels
    return Lowering(
        inputs: inputs, results: analysis.results, geometry: .convolution(geometry), prologue: prologue,
        epilogue: epilogue.program, prologueFirstInput: 2, epilogueFirstInput: epilogueFirstInput,
        rowUnit: geometry.shuffleBlock, operationsPerRow: max(1, rowOperations / geometry.shuffleBlock),
        scratchByteCount: 0)
}

/// The filter gradient by Winograd's algorithm: products of each chunk of tiles, then their sum.
func lowerWinogradFilterGradient(_ analysis: GroupAnalysis) -> Lowering? {
    guard let lowering = lowerFilterGradient(analysis) else { return nil }
    return winogradFilterGradient(lowering, analysis)
}

/// The same with the bias gradient, whose sum the products take along.
func lowerWinogradFilterAndBiasGradient(_ analysis: GroupAnalysis) -> Lowering? {
    guard analysis.group.members.count == 2, let bias = analysis.group.members.first,
        let operation = analysis.graph[bias].operation, operation.op == .sumTo,
        operation.operands[0] == analysis.anchorOperation?.operands.last,
        var lowering = filterGradient(analysis).flatMap({ winogradFilterGradient($0, analysis) }),
        case .convolution(let geometry) = lowering.geometry, analysis.shape(bias) == [geometry.outputChannels]
    else { return nil }
    lowering.results.append(bias)
    return lowering
}

private func winogradFilterGradient(_ lowering: Lowering, _ analysis: GroupAnalysis) -> Lowering? {
    guard case .convolution(let geometry) = lowering.geometry, suitsWinograd(geometry),
        let operands = analysis.anchorOperation?.operands
    else { return nil }
    var lowering = lowering
    let tapCount = geometry.filterHeight * geometry.filterWidth
    let layout = WinogradGradientLayout(geometry)
    lowering.inputs = [
        .made(
            AuxiliaryStep(
                kernel: .winogradGradientProducts, role: .partialSums, sources: operands.map { .value($0) },
                rowCount: layout.productRowCount, rowElementCount: layout.productRowElementCount, suffix: "multiply",
                resultSuffix: "products",
                operationsPerRow: geometry.filterWidth * lowering.operationsPerRow / layout.productRowCount,
                scratchByteCount: layout.byteCount))
    ]
    lowering.isWhole = true
    // Each product is added once; the rows of the result share them.
    lowering.operationsPerRow = max(1, layout.productRowCount * layout.productRowElementCount / tapCount)
    lowering.scratchByteCount = 0
    return lowering
}

/// The filter gradient of a convolution whose groups are its channels: products of each chunk of rows, then their sum.
func lowerDepthwiseFilterGradient(_ analysis: GroupAnalysis) -> Lowering? {
    guard var lowering = lowerFilterGradient(analysis), case .convolution(let geometry) = lowering.geometry,
        geometry.isDepthwise
    else { return nil }
    let layout = DepthwiseGradientLayout(geometry), tapCount = geometry.filterHeight * geometry.filterWidth
    lowering.inputs = [
        .made(
            AuxiliaryStep(
                kernel: .depthwiseGradientProducts, role: .partialSums, sources: lowering.inputs,
                rowCount: layout.chunkCount, rowElementCount: geometry.depthwiseProductCount, suffix: "multiply",
                resultSuffix: "products",
                operationsPerRow: max(1, tapCount * lowering.operationsPerRow / layout.chunkCount),
                scratchByteCount: layout.byteCount))
    ]
    lowering.isWhole = true
    lowering.operationsPerRow = max(1, layout.chunkCount * geometry.inputChannels)
    lowering.scratchByteCount = 0
    return lowering
}

/// The filter gradient of a convolution to few channels: that of the convolution in which the input and the output's gradient
/// have changed places, then turned.
func lowerExchangedFilterGradient(_ analysis: GroupAnalysis) -> Lowering? {
    guard var lowering = lowerFilterGradient(analysis), case .convolution(let geometry) = lowering.geometry,
        geometry.stride == 1, geometry.groupCount == 1
    else { return nil }
    let exchanged = geometry.exchanged
    guard 5 * exchanged.directFilterGradientProductCount <= 4 * geometry.directFilterGradientProductCount else { return nil }
    lowering.inputs = [
        .made(
            AuxiliaryStep(
                kernel: .conv2DFilterGradientDirect, role: .partialSums, sources: lowering.inputs.reversed(),
                geometry: .convolution(exchanged), rowCount: geometry.filterHeight * geometry.filterWidth,
                rowElementCount: geometry.inputChannels * geometry.outputChannels, suffix: "exchange",
                resultSuffix: "exchanged", rowsPerTask: geometry.filterWidth, operationsPerRow: lowering.operationsPerRow,
                scratchByteCount: exchanged.directFilterGradientScratchByteCount(prologue: nil)))
    ]
    lowering.isWhole = true
    lowering.operationsPerRow = geometry.inputChannels * geometry.outputChannels
    lowering.scratchByteCount = 0
    return lowering
}

func lowerFilterGradient(_ analysis: GroupAnalysis) -> Lowering? {
    analysis.group.members.count == 1 ? filterGradient(analysis) : nil
}

private func filterGradient(_ analysis: GroupAnalysis) -> Lowering? {
    guard let anchor = analysis.anchor, let operation = analysis.anchorOperation else { return nil }
    let geometry = convolutionGeometry(
        input: analysis.shape(operation.operands[0]), filter: analysis.shape(anchor),
        output: analysis.shape(operation.operands[1]), operation.attributes, isRotated: false)
    let tapOperations =
        2 * geometry.imageCount * geometry.outputHeight * geometry.outputWidth * geometry.groupInputChannels
        * geometry.outputChannels
    return Lowering(
        inputs: operation.operands.map { .value($0) }, results: [anchor], geometry: .convolution(geometry),
        // Taps of a row share the work of reading.
        rowUnit: geometry.hasConnectedTaps ? geometry.filterWidth : 1, operationsPerRow: tapOperations,
        scratchByteCount: geometry.directFilterGradientScratchByteCount(prologue: nil))
}

/// - Parameter isRotated: whether the operation is a convolution with the rotated filter.
func convolutionGeometry(
    input: [Int], filter: [Int], output: [Int], _ attributes: Attributes, isRotated: Bool
) -> ConvolutionGeometry {
    let padding = ConvolutionPadding(attributes, filterHeight: filter[0], filterWidth: filter[1])
    let dilation = attributes.integer("dilation")
    return ConvolutionGeometry(
        inputHeight: input[1], inputWidth: input[2], inputChannels: input[3],
        outputHeight: output[1], outputWidth: output[2], outputChannels: output[3],
        filterHeight: filter[0], filterWidth: filter[1], stride: attributes.integer("stride"),
        padTop: isRotated ? (filter[0] - 1) * dilation - padding.top : padding.top,
        padLeft: isRotated ? (filter[1] - 1) * dilation - padding.left : padding.left,
        dilation: dilation, groupCount: attributes.integer("groups"), imageCount: input[0])
}
