import GraphIR
import GraphKernelInterface

/// `resize` and its gradient.
func lowerResampling(_ analysis: GroupAnalysis) -> Lowering? {
    guard let use = ImageUse(analysis) else { return nil }
    let isGradient = use.operation.op == .resizeGradient
    let (image, resized) = isGradient ? (use.result, use.operand) : (use.operand, use.result)
    let attributes = use.operation.attributes
    let linear: AxisResampling.Mode = attributes.truth("align_corners") ? .corners : .centres
    let mode = attributes.word("mode") == "nearest" ? .nearest : linear
    let geometry = ResamplingGeometry(
        vertical: AxisResampling(image.height, to: resized.height, mode),
        horizontal: AxisResampling(image.width, to: resized.width, mode), channels: image.channels)
    let rowsPerRow = isGradient ? 2 * (resized.height / image.height + 1) : 2
    return use.lowering(
        .resampling(geometry),
        operationsPerRow: Lowering.operationsPerCopy * image.channels * (rowsPerRow * image.width + resized.width),
        scratchByteCount: geometry.scratchByteCount)
}

/// `pad` and its gradient.
func lowerBorder(_ analysis: GroupAnalysis) -> Lowering? {
    guard let use = ImageUse(analysis) else { return nil }
    let (image, outer) = use.operation.op == .pad ? (use.operand, use.result) : (use.result, use.operand)
    let attributes = use.operation.attributes, sides = attributes.integers("sides")
    guard let mode = BorderMode(rawValue: attributes.word("mode")) else { return nil }
    let value = use.operation.op == .pad ? Float(attributes.float("value")) : 0
    let geometry = BorderGeometry(
        height: image.height, width: image.width, outerHeight: outer.height, outerWidth: outer.width,
        channels: image.channels, top: sides[0], left: sides[2], mode: mode, value: value)
    return use.lowering(
        .border(geometry), operationsPerRow: Lowering.operationsPerCopy * outer.width * outer.channels, scratchByteCount: 0)
}

/// An operation from one image to another that is alone in its group.
private struct ImageUse {
    let operation: Operation
    let operand: ImageShape, result: ImageShape
    private let anchor: ValueID

    init?(_ analysis: GroupAnalysis) {
        guard let anchor = analysis.anchor, let operation = analysis.anchorOperation, analysis.group.members.count == 1,
            analysis.graph.constant(operation.operands[0]) == nil
        else { return nil }
        self.anchor = anchor
        self.operation = operation
        operand = ImageShape(analysis.shape(operation.operands[0]))
        result = ImageShape(analysis.shape(anchor))
    }

    func lowering(_ geometry: StepGeometry, operationsPerRow: Int, scratchByteCount: Int) -> Lowering {
        Lowering(
            inputs: [.value(operation.operands[0])], results: [anchor], geometry: geometry,
            operationsPerRow: operationsPerRow, scratchByteCount: scratchByteCount)
    }
}
