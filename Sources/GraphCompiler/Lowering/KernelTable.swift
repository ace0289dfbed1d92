import GraphIR
import KernelInterface

/// Every kernel that the compiler can choose, best first.
///
/// A row says for which anchor operation a kernel is, when it fits, and how a group becomes a call of
/// it. The first row that fits is chosen; the last, `reference`, fits everything: it runs an operation's
/// reference implementation. Kernels are functions of the shape and the instruction set alone.
enum KernelTable {
    static let rows: [KernelRow] = [
        KernelRow(
            "conv2d_composed", for: ["conv2d", "depth_to_space"], under: [.best],
            lower: { lowerComposedConvolution($0) ?? lowerComposedInputGradient($0) }),
        KernelRow(
            "conv2d_filter_gradients_composed", for: ["conv2d"], under: [.best], lower: lowerComposedFilterGradients),
        KernelRow(
            "conv2d_winograd", for: ["conv2d", "conv2d_input_gradient"], under: [.best, .separate], worksInPlace: true,
            lower: lowerWinogradConvolution),
        KernelRow(
            "conv2d_direct", for: ["conv2d", "conv2d_input_gradient"], worksInPlace: true, lower: lowerDirectConvolution),
        KernelRow(
            "conv2d_filter_and_bias_gradient_winograd", for: ["conv2d_filter_gradient"], under: [.best, .separate],
            lower: lowerWinogradFilterAndBiasGradient),
        KernelRow(
            "conv2d_filter_gradient_winograd", for: ["conv2d_filter_gradient"], under: [.best, .separate],
            lower: lowerWinogradFilterGradient),
        KernelRow("conv2d_input_gradient_direct", for: ["conv2d_input_gradient"], lower: lowerDirectInputGradient),
        KernelRow("conv2d_filter_gradient_direct", for: ["conv2d_filter_gradient"], lower: lowerFilterGradient),
        KernelRow("pointwise", for: [], worksInPlace: true, lower: lowerPointwise),
        KernelRow("sum_rows", for: ["sum", "mean", "sum_to"], lower: lowerRowSum),
        KernelRow("depth_to_space", for: ["depth_to_space"], lower: lowerRearrangement),
        KernelRow("space_to_depth", for: ["space_to_depth"], lower: lowerRearrangement),
        KernelRow("concat_channels", for: ["concat"], lower: lowerChannelConcatenation),
        KernelRow("concat_rows", for: ["concat"], lower: lowerRowConcatenation),
        KernelRow("slice_channels", for: ["slice", "pad_zero"], lower: lowerChannelSlice),
        KernelRow("slice_rows", for: ["slice", "pad_zero"], lower: lowerRowSlice),
        KernelRow("resize_bicubic", for: ["resize_bicubic"], lower: lowerResize),
        KernelRow("resize_bicubic_gradient", for: ["resize_bicubic_gradient"], lower: lowerResizeGradient),
        KernelRow("psnr", for: ["psnr"], lower: lowerPSNR),
        KernelRow("psnr_gradient", for: ["psnr_gradient"], lower: lowerPSNRGradient),
    ]

    static let reference = "reference"

    /// The best kernel for a group, of those that an algorithm allows.
    static func choose(_ analysis: GroupAnalysis, _ algorithm: ConvolutionAlgorithm) -> String {
        rows.first { $0.algorithms.contains(algorithm) && $0.lower(analysis) != nil }?.name ?? reference
    }

    /// Whether a kernel's one result may overwrite an epilogue operand with one element for each of its own.
    static func worksInPlace(_ kernel: String) -> Bool { rows.first { $0.name == kernel }?.worksInPlace ?? false }

    /// The call of a kernel that a plan names; nil when it does not fit the group.
    static func lower(_ analysis: GroupAnalysis, kernel: String) -> Lowering? {
        if kernel == reference { return lowerReference(analysis) }
        return rows.first { $0.name == kernel }?.lower(analysis)
    }
}

struct KernelRow: Sendable {
    let name: String
    /// The anchor's op; none for pointwise groups.
    let anchors: Set<String>
    /// The ways to compute convolutions of which the kernel is a part.
    let algorithms: Set<ConvolutionAlgorithm>
    let worksInPlace: Bool
    private let lowering: @Sendable (GroupAnalysis) -> Lowering?

    init(
        _ name: String, for anchors: Set<String>,
        under algorithms: Set<ConvolutionAlgorithm> = Set(ConvolutionAlgorithm.allCases), worksInPlace: Bool = false,
        lower lowering: @escaping @Sendable (GroupAnalysis) -> Lowering?
    ) {
        self.name = name
        self.anchors = anchors
        self.algorithms = algorithms
        self.worksInPlace = worksInPlace
        self.lowering = lowering
    }

    /// nil where the kernel does not fit.
    func lower(_ analysis: GroupAnalysis) -> Lowering? {
        if let anchor = analysis.anchorOperation {
            guard anchors.contains(anchor.op) else { return nil }
        } else if !anchors.isEmpty {
            return nil
        }
        return lowering(analysis)
    }
}

/// A group as a kernel's call, before buffers have places.
struct Lowering {
    enum Input {
        case value(ValueID)
        /// What a step of its own makes first.
        case made(AuxiliaryStep)
    }

    var inputs: [Input]
    var results: [ValueID]
    var geometry: StepGeometry
    var prologue: PointwiseProgram?
    var epilogue: PointwiseProgram?
    var prologueFirstInput = 0
    var epilogueFirstInput = 0
    var rowUnit = 1
    /// Whether any row of the result needs the kernel to run as a whole.
    var isWhole = false
    /// Multiplications and additions for one row of the result.
    var operationsPerRow: Int
    /// Rows below which a task wastes what it sets up.
    var leastRowsPerTask = 1
    var scratchByteCount: Int
}

/// A step that makes no value of the graph but what another step reads: a packed filter, partial sums.
struct AuxiliaryStep {
    var kernel: String
    /// Of what it makes.
    var role: Buffer.Role
    var sources: [Lowering.Input]
    /// nil for that of the step it serves.
    var geometry: StepGeometry?
    /// The result, f32, and what its buffer is called behind the step's name; the step itself is called
    /// `name_pack` or so by `suffix`.
    var rowCount = 1
    var rowElementCount: Int
    var suffix: String, resultSuffix: String
    /// Rows that one task makes.
    var rowsPerTask = 1
    /// Multiplications and additions for one row of the result.
    var operationsPerRow = 0
    var scratchByteCount = 0
}
