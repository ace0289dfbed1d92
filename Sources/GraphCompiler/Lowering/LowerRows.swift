import GraphIR
import GraphKernelInterface

/// Pointwise groups: every operand comes from memory.
func lowerPointwise(_ analysis: GroupAnalysis) -> Lowering? {
    guard let first = analysis.results.first,
        let lowered = analysis.program(analysis.group.members, source: nil, results: analysis.results),
        // The kernel reads its first operand's rows: a number repeated is for the reference implementation.
        !lowered.operands.isEmpty,
        analysis.results.allSatisfy({ analysis.shape($0) == analysis.shape(first) })
    else { return nil }
    let image = ImageShape(analysis.shape(first))
    return Lowering(
        inputs: lowered.operands.map { .value($0) }, results: analysis.results,
        geometry: .rows(image.geometry(output: image)), epilogue: lowered.program,
        operationsPerRow: image.width * image.channels * pointwiseWeight(lowered.program),
        scratchByteCount: lowered.program.scratchByteCount(channels: image.channels))
}

/// Sums over all elements, or for each channel over all pixels, those of an image or those of a row, of what the prologue
/// makes.
func lowerRowSum(_ analysis: GroupAnalysis) -> Lowering? {
    guard let anchor = analysis.anchor, let operation = analysis.anchorOperation,
        PointwiseTable.isRowSum(operation, analysis.graph), analysis.epilogue.isEmpty
    else { return nil }
    let source = operation.operands[0]
    let image = ImageShape(analysis.shape(source))
    let result = analysis.shape(anchor)
    let resultCount = result.reduce(1, *)
    let isOfRows = result.count == 4 && PointwiseTable.sumsRows(operation)
    let isOfImages = result.count == 4 && image.imageCount > 1 && result[0] == image.imageCount
    let shape = analysis.graph[source].type.shape
    let inside = Set(analysis.prologue)
    let candidates = analysis.prologue.flatMap { analysis.graph[$0].operands } + (analysis.prologue.isEmpty ? [source] : [])
    guard
        let first = candidates.first(where: {
            !inside.contains($0) && analysis.graph[$0].type.shape == shape && analysis.graph.constant($0) == nil
        }),
        let lowered = analysis.program(analysis.prologue, source: first, results: [source])
    else { return nil }
    let geometry = RowSumGeometry(
        image.geometry(
            output: ImageShape(imageCount: 1, height: 1, width: 1, channels: isOfRows || isOfImages ? result[3] : resultCount)),
        scale: operation.op == .mean ? Float(1 / Double(image.elementCount / resultCount)) : 1,
        rowsPerSum: isOfRows ? 1 : isOfImages ? image.height : nil)
    return Lowering(
        inputs: [.value(first)] + lowered.operands.map { .value($0) }, results: [anchor], geometry: .sum(geometry),
        prologue: lowered.program, prologueFirstInput: 1, isWhole: !isOfRows,
        operationsPerRow: (isOfRows ? image.width * image.channels : image.elementCount) * pointwiseWeight(lowered.program),
        scratchByteCount: geometry.scratchByteCount(prologue: lowered.program))
}

/// depth_to_space and space_to_depth on their own.
func lowerRearrangement(_ analysis: GroupAnalysis) -> Lowering? {
    guard let operation = analysis.anchorOperation else { return nil }
    let block = operation.attributes.integer("block")
    return imageCopy(analysis, rowUnit: operation.op == .depthToSpace ? block : 1) { rows in
        .pixelShuffle(PixelShuffleGeometry(rows, block: block))
    }
}

func lowerResize(_ analysis: GroupAnalysis) -> Lowering? {
    guard let (resize, geometry) = resize(analysis) else { return nil }
    var lowering = resize
    lowering.operationsPerRow *= 4
    lowering.scratchByteCount = geometry.scratchByteCount
    return lowering
}

func lowerResizeGradient(_ analysis: GroupAnalysis) -> Lowering? {
    guard let (resize, geometry) = resize(analysis) else { return nil }
    var lowering = resize
    // Every row of the result gathers four rows' worth of taps for each of its factor² pixels.
    lowering.operationsPerRow *= geometry.factor * (geometry.factor + 1)
    lowering.scratchByteCount = geometry.gradientScratchByteCount
    return lowering
}

private func resize(_ analysis: GroupAnalysis) -> (lowering: Lowering, geometry: ResizeGeometry)? {
    guard let factor = analysis.anchorOperation?.attributes.integer("factor"),
        let lowering = imageCopy(analysis, rowUnit: 1, { rows in .resize(ResizeGeometry(rows, factor: factor)) }),
        case .resize(let geometry) = lowering.geometry
    else { return nil }
    return (lowering, geometry)
}

func lowerPSNR(_ analysis: GroupAnalysis) -> Lowering? {
    guard let anchor = analysis.anchor, let operation = analysis.anchorOperation,
        analysis.shape(operation.operands[0]).count == 4
    else { return nil }
    let image = ImageShape(analysis.shape(operation.operands[0]))
    let geometry = PeakSignalToNoiseGeometry(
        image.geometry(output: ImageShape(imageCount: 1, height: 1, width: 1, channels: 1)),
        peak: Float(operation.attributes.float("max")))
    return Lowering(
        inputs: operation.operands.map { .value($0) }, results: [anchor], geometry: .peakSignalToNoise(geometry), isWhole: true,
        operationsPerRow: 3 * image.elementCount, scratchByteCount: 0)
}

/// The gradient by psnr may be a number or a tensor.
func lowerPSNRGradient(_ analysis: GroupAnalysis) -> Lowering? {
    guard let anchor = analysis.anchor, let operation = analysis.anchorOperation,
        operation.operands.dropFirst().allSatisfy({ analysis.graph.constant($0) == nil })
    else { return nil }
    let image = ImageShape(analysis.shape(anchor))
    var geometry = PeakSignalToNoiseGeometry(
        image.geometry(output: image), peak: Float(operation.attributes.float("max")))
    var inputs = Array(operation.operands.dropFirst())
    if let gradient = analysis.graph.constant(operation.operands[0]) {
        geometry.gradientFactor = Float(gradient)
    } else {
        inputs.append(operation.operands[0])
        geometry.readsGradient = true
    }
    return Lowering(
        inputs: inputs.map { .value($0) }, results: [anchor], geometry: .peakSignalToNoise(geometry), isWhole: true,
        operationsPerRow: 5 * image.elementCount, scratchByteCount: 0)
}

/// An operation by its reference implementation: whole, and with allocations of its own.
func lowerReference(_ analysis: GroupAnalysis) -> Lowering? {
    guard let operation = analysis.anchorOperation ?? analysis.graph[analysis.group.members[0]].operation,
        analysis.group.members.count == 1
    else { return nil }
    let inputs = operation.operands.filter { analysis.graph.constant($0) == nil }
    return Lowering(
        inputs: inputs.map { .value($0) }, results: analysis.group.members, geometry: .none, isWhole: true,
        operationsPerRow: 1, scratchByteCount: 0)
}

/// An operation from one image to another that stands alone.
private func imageCopy(
    _ analysis: GroupAnalysis, rowUnit: Int, _ geometry: (RowGeometry) -> StepGeometry
) -> Lowering? {
    guard let anchor = analysis.anchor, let operation = analysis.anchorOperation, analysis.shape(anchor).count == 4,
        analysis.group.members.count == 1, analysis.graph[operation.operands[0]].type.element == .f32
    else { return nil }
    let output = ImageShape(analysis.shape(anchor))
    let rows = ImageShape(analysis.shape(operation.operands[0])).geometry(output: output)
    return Lowering(
        inputs: [.value(operation.operands[0])], results: [anchor], geometry: geometry(rows), rowUnit: rowUnit,
        operationsPerRow: output.width * output.channels * Lowering.operationsPerCopy, scratchByteCount: 0)
}

/// What an element costs, counted in what a convolution's multiplications and additions cost: memory for those that are
/// read and written, and in the caches each instruction, transcendental functions some ten times as much as others.
private func pointwiseWeight(_ program: PointwiseProgram) -> Int {
    let tensorCount = program.operands.count { $0.spread == .full } + program.results.count
    return program.instructions.reduce(tensorCount * Lowering.operationsPerCopy / 2) { sum, instruction in
        sum + (instruction.opcode.isTranscendental ? 10 : 4)
    }
}
