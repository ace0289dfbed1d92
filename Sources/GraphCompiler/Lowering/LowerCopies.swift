import GraphIR
import GraphKernelInterface

// Concatenations, slices and paddings. Along an axis that lies within a row, what is behind the axis counts as
// channels and what is before it as pixels; along rows or images, whole rows are copied.

func lowerChannelConcatenation(_ analysis: GroupAnalysis) -> Lowering? {
    guard let copy = AxisCopy(analysis), copy.isWithinRow else { return nil }
    guard analysis.gather.isEmpty else { return lowerPieceConcatenation(copy, analysis) }
    let channels = copy.operandShapes.map { $0[copy.axis] * copy.inner }
    return PartSizes(channels).map {
        copy.lowering(.channelConcatenation(.init(width: copy.pixels, pieces: ChannelPieces(whole: $0))))
    }
}

/// A concatenation of channels of which some are slices of images.
private func lowerPieceConcatenation(_ copy: AxisCopy, _ analysis: GroupAnalysis) -> Lowering? {
    guard let operands = analysis.anchorOperation?.operands, analysis.anchorOperation?.op == .concat else { return nil }
    var pieces: [ChannelPiece] = []
    for operand in operands {
        guard let some = ChannelPiece.pieces(of: operand, analysis) else { return nil }
        pieces += some
    }
    return ChannelPieces(pieces, analysis, firstInput: 1).map {
        var lowering = copy.lowering(.channelConcatenation(.init(width: copy.pixels, pieces: $0)))
        lowering.inputs = pieces.map { .value($0.image) }
        return lowering
    }
}

func lowerRowConcatenation(_ analysis: GroupAnalysis) -> Lowering? {
    guard let copy = AxisCopy(analysis), !copy.isWithinRow else { return nil }
    // Images lie behind each other, so that along them all rows are one image's.
    return PartSizes(copy.operandShapes.map(copy.height)).map {
        copy.lowering(.rowConcatenation(.init(rowLength: copy.rowLength, heights: $0)))
    }
}

/// A slice or a padding.
func lowerChannelSlice(_ analysis: GroupAnalysis) -> Lowering? {
    guard let copy = AxisCopy(analysis), copy.isWithinRow else { return nil }
    var image = ImageShape(copy.resultShape)
    (image.width, image.channels) = (copy.pixels, copy.operandShapes[0][copy.axis] * copy.inner)
    var output = image
    output.channels = copy.resultShape[copy.axis] * copy.inner
    return copy.lowering(.slice(SliceGeometry(image.geometry(output: output), start: copy.start * copy.inner)))
}

func lowerRowSlice(_ analysis: GroupAnalysis) -> Lowering? {
    guard let copy = AxisCopy(analysis), !copy.isWithinRow else { return nil }
    var image = ImageShape(copy.operandShapes[0])
    var output = ImageShape(copy.resultShape)
    if copy.axis == 0 { image.imageCount = 1 }
    image.height = copy.height(copy.operandShapes[0])
    output.height = copy.height(copy.resultShape)
    let start = copy.axis == 0 ? copy.start * copy.resultShape[1] : copy.start
    return copy.lowering(.slice(SliceGeometry(image.geometry(output: output), start: start)))
}

/// An operation that copies its operands to places along one axis.
private struct AxisCopy {
    let axis: Int
    let operandShapes: [[Int]]
    let resultShape: [Int]
    private let operation: Operation
    private let result: ValueID

    init?(_ analysis: GroupAnalysis) {
        guard let anchor = analysis.anchor, let operation = analysis.anchorOperation,
            analysis.group.members.count == 1 + analysis.gather.count,
            operation.operands.allSatisfy({
                analysis.graph.constant($0) == nil && analysis.graph[$0].type.element == .f32
            })
        else { return nil }
        axis = operation.attributes.integer("axis")
        operandShapes = operation.operands.map(analysis.shape)
        resultShape = analysis.shape(anchor)
        self.operation = operation
        result = anchor
    }

    /// Tensors that are no images have one row.
    var isWithinRow: Bool { resultShape.count != 4 || axis >= 2 }

    /// Elements for each index of the axis, and runs of them within a row.
    var inner: Int { resultShape[(axis + 1)...].reduce(1, *) }
    var pixels: Int { resultShape[(resultShape.count == 4 ? min(2, axis) : 0)..<axis].reduce(1, *) }

    var rowLength: Int { RowLayout(resultShape, .f32).rowElementCount }

    /// Rows of an image, or of all images where these are what is copied.
    func height(_ shape: [Int]) -> Int { axis == 0 ? shape[0] * shape[1] : shape[1] }

    /// The first index of the operand that is copied; below 0 for a padding.
    var start: Int {
        operation.op == .slice ? operation.attributes.integer("start") : -operation.attributes.integer("before")
    }

    func lowering(_ geometry: StepGeometry) -> Lowering {
        Lowering(
            inputs: operation.operands.map { .value($0) }, results: [result], geometry: geometry,
            // Row maps count rows within an image.
            isWhole: resultShape.count == 4 && axis == 0, operationsPerRow: rowLength * Lowering.operationsPerCopy,
            scratchByteCount: 0)
    }
}
