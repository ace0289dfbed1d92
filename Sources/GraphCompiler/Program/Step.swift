import GraphBasics
import GraphKernelInterface

/// A kernel on its operands.
public struct Step: Hashable, Sendable {
    /// The group's name; a step that makes something for another has that one's, and what it does behind it: `s3_pack`.
    public var name: String
    /// The kernel that computes it.
    public var kernel: KernelName
    /// Index of the group in the graph; for a step that makes something for another, of that one's.
    public var group: Int
    /// In the order in which the kernel takes them.
    public var inputs: [StepInput]
    /// In the order in which the kernel makes them.
    public var outputs: [BufferID]
    /// The constants of the kernel.
    public var geometry: StepGeometry
    /// What is done to rows of the first input as they are read.
    public var prologue: PointwiseProgram?
    /// What is done to the kernel's result before it is stored.
    public var epilogue: PointwiseProgram?
    /// Index in `inputs` of the prologue's first further operand.
    public var prologueFirstInput: Int
    /// Index in `inputs` of the epilogue's first further operand.
    public var epilogueFirstInput: Int
    /// Rows of the first output, all images together.
    public var rowCount: Int
    /// Rows of one image of the first output.
    public var imageHeight: Int
    /// Rows of each image are made in multiples of this, the last of them excepted: a pixel shuffle makes
    /// `block` rows at a time, a Winograd convolution those of a row of tiles.
    public var rowUnit: Int
    /// Rows of one instruction: a function of the shape alone, so that no result depends on the thread count.
    public var rowsPerTask: Int
    /// Multiplications and additions for one row: how long the step takes beside others.
    public var operationsPerRow: Int
    /// Bytes of scratch of one worker.
    public var scratchByteCount: Int
    /// Whether the step depends on weights alone and so belongs to the preparation.
    public var isPreparation: Bool
}

extension Step {
    /// Rows of one of its outputs that are made with some rows of the first: the same, but for a step that runs as a
    /// whole, whose outputs may differ in size.
    func rows(of output: Buffer, with rows: Range<Int>) -> Range<Int> {
        output.rows.rowCount == rowCount ? rows : 0..<(rows.isEmpty ? 0 : output.rows.rowCount)
    }

    /// The first place at or behind a row at which the step's rows may be cut.
    func unitEnd(_ row: Int) -> Int {
        let (image, y) = row.quotientAndRemainder(dividingBy: imageHeight)
        return image * imageHeight + min(imageHeight, y.roundedUp(to: rowUnit))
    }

    /// Cuts rows into what one worker does at a time.
    func tasks(_ rows: Range<Int>) -> [Range<Int>] {
        var tasks: [Range<Int>] = []
        var row = rows.lowerBound
        while row < rows.upperBound {
            let end = min(rows.upperBound, unitEnd(row + rowsPerTask))
            tasks.append(row..<end)
            row = end
        }
        return tasks
    }
}

/// The constants of the step's kernel.
public enum StepGeometry: Hashable, Sendable {
    case convolution(ConvolutionGeometry)
    case composedFilter(ComposedFilterGeometry)
    case rows(RowGeometry)
    case sum(RowSumGeometry)
    case pixelShuffle(PixelShuffleGeometry)
    case pooling(PoolingGeometry)
    case resampling(ResamplingGeometry)
    case border(BorderGeometry)
    case axisReduction(AxisReductionGeometry)
    case runs(AxisRuns)
    case reshape(ReshapeGeometry)
    case transpose(TransposeGeometry)
    case matrixProduct(MatrixProductGeometry)
    case fill(FillGeometry)
    case resize(ResizeGeometry)
    case slice(SliceGeometry)
    case channelConcatenation(ChannelConcatenationGeometry)
    case rowConcatenation(RowConcatenationGeometry)
    case peakSignalToNoise(PeakSignalToNoiseGeometry)
    /// Reference implementations read the operation itself.
    case none
}
