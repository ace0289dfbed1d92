import GraphIR
import GraphKernelInterface

/// Every kernel that the compiler can choose, in the order of ``KernelName``: best first.
///
/// A row says for which anchor operation a kernel is, when it fits, and how a group becomes a call of
/// it. The first row that fits is chosen; the last, `reference`, fits every operation that is alone: it runs its
/// reference implementation. Kernels are functions of the shape and the instruction set alone.
enum KernelTable {
    /// nil for kernels that only make what others read.
    private static func makeRow(_ kernel: KernelName) -> KernelRow? {
        switch kernel {
        case .conv2DComposed:
            KernelRow(
                for: [.conv2D, .depthToSpace], under: [.best],
                lower: { lowerComposedConvolution($0) ?? lowerComposedInputGradient($0) })
        case .conv2DFilterGradientsComposed:
            KernelRow(for: [.conv2D], under: [.best], lower: lowerComposedFilterGradients)
        case .conv2DDot:
            KernelRow(for: [.conv2D], under: [.best, .separate], worksInPlace: true, lower: lowerDotConvolution)
        case .conv2DWinograd:
            KernelRow(
                for: [.conv2D, .conv2DInputGradient], under: [.best, .separate], worksInPlace: true,
                lower: lowerWinogradConvolution)
        case .conv2DDepthwise:
            KernelRow(for: [.conv2D, .conv2DInputGradient], worksInPlace: true, lower: lowerDepthwiseConvolution)
        case .conv2DNarrow:
            KernelRow(for: [.conv2D], under: [.best, .separate], worksInPlace: true, lower: lowerNarrowConvolution)
        case .conv2DDirect:
            KernelRow(for: [.conv2D, .conv2DInputGradient], worksInPlace: true, lower: lowerDirectConvolution)
        case .conv2DFilterAndBiasGradientWinograd:
            KernelRow(
                for: [.conv2DFilterGradient], under: [.best, .separate], lower: lowerWinogradFilterAndBiasGradient)
        case .conv2DFilterGradientWinograd:
            KernelRow(for: [.conv2DFilterGradient], under: [.best, .separate], lower: lowerWinogradFilterGradient)
        case .conv2DFilterGradientDepthwise:
            KernelRow(for: [.conv2DFilterGradient], lower: lowerDepthwiseFilterGradient)
        case .conv2DFilterGradientExchanged: KernelRow(for: [.conv2DFilterGradient], lower: lowerExchangedFilterGradient)
        case .conv2DInputGradientDirect: KernelRow(for: [.conv2DInputGradient], lower: lowerDirectInputGradient)
        case .conv2DFilterGradientDirect: KernelRow(for: [.conv2DFilterGradient], lower: lowerFilterGradient)
        case .pointwise: KernelRow(for: [], worksInPlace: true, lower: lowerPointwise)
        case .fill: KernelRow(for: [.meanGradient, .sumGradient, .broadcast], fitsPointwise: true, lower: lowerFill)
        case .sumRows: KernelRow(for: [.sum, .mean, .sumTo], lower: lowerRowSum)
        case .sumAxes: KernelRow(for: [.sum, .mean, .sumTo], lower: lowerAxisReduction)
        case .maxAxes: KernelRow(for: [.reduceMax], lower: lowerAxisReduction)
        case .softmax: KernelRow(for: [.softmax], lower: lowerSoftmax)
        case .reshape: KernelRow(for: [.reshape], lower: lowerReshape)
        case .transpose: KernelRow(for: [.transpose], lower: lowerTranspose)
        case .matmul: KernelRow(for: [.matmul], lower: lowerMatrixProduct)
        case .pad: KernelRow(for: [.pad], lower: lowerBorder)
        case .padGradient: KernelRow(for: [.padGradient], lower: lowerBorder)
        case .depthToSpace: KernelRow(for: [.depthToSpace], lower: lowerRearrangement)
        case .spaceToDepth: KernelRow(for: [.spaceToDepth], lower: lowerRearrangement)
        case .concatChannels: KernelRow(for: [.concat], lower: lowerChannelConcatenation)
        case .concatRows: KernelRow(for: [.concat], lower: lowerRowConcatenation)
        case .sliceChannels: KernelRow(for: [.slice, .padZero], lower: lowerChannelSlice)
        case .sliceRows: KernelRow(for: [.slice, .padZero], lower: lowerRowSlice)
        case .maxPool: KernelRow(for: [.maxPool], lower: lowerPooling)
        case .averagePool: KernelRow(for: [.averagePool], lower: lowerPooling)
        case .maxPoolGradient: KernelRow(for: [.maxPoolGradient], lower: lowerPooling)
        case .averagePoolGradient: KernelRow(for: [.averagePoolGradient], lower: lowerPooling)
        case .resize: KernelRow(for: [.resize], lower: lowerResampling)
        case .resizeGradient: KernelRow(for: [.resizeGradient], lower: lowerResampling)
        case .resizeBicubic: KernelRow(for: [.resizeBicubic], lower: lowerResize)
        case .resizeBicubicGradient: KernelRow(for: [.resizeBicubicGradient], lower: lowerResizeGradient)
        case .psnr: KernelRow(for: [.psnr], lower: lowerPSNR)
        case .psnrGradient: KernelRow(for: [.psnrGradient], lower: lowerPSNRGradient)
        case .reference: KernelRow(for: Set(OpName.allCases), fitsPointwise: true, lower: lowerReference)
        case .packFilter, .packFilterRotated, .packFilterColumns, .packFilterOutputs, .dilateFilter, .filterPhases,
            .transformFilter, .transformFilterRotated,
            .composeFilters,
            .rotateComposedFilters, .composedGradientSums, .depthwiseGradientProducts,
            .winogradGradientProducts:
            nil
        }
    }

    private static let rows: [(kernel: KernelName, row: KernelRow)] = KernelName.allCases.compactMap { kernel in
        makeRow(kernel).map { (kernel, $0) }
    }

    private static let rowOf = Dictionary(uniqueKeysWithValues: rows.map { ($0.kernel, $0.row) })

    /// The best kernel for a group, of those that an algorithm allows; `reference` for one that is to be taken apart.
    static func choose(_ analysis: GroupAnalysis, _ algorithm: ConvolutionAlgorithm) -> KernelName {
        rows.first { $0.row.algorithms.contains(algorithm) && $0.row.lower(analysis) != nil }?.kernel ?? .reference
    }

    /// Whether a kernel's one result may overwrite an epilogue operand with one element for each of its own.
    static func worksInPlace(_ kernel: KernelName) -> Bool { rowOf[kernel]?.worksInPlace ?? false }

    /// The call of a kernel that a plan names; nil when it does not fit the group.
    static func lower(_ analysis: GroupAnalysis, kernel: KernelName) -> Lowering? { rowOf[kernel]?.lower(analysis) }
}

private struct KernelRow: Sendable {
    /// The anchor's op; none for pointwise groups.
    let anchors: Set<OpName>
    /// The ways to compute convolutions of which the kernel is a part.
    let algorithms: Set<ConvolutionAlgorithm>
    let worksInPlace: Bool
    private let fitsPointwise: Bool
    private let lowering: @Sendable (GroupAnalysis) -> Lowering?

    init(
        for anchors: Set<OpName>, under algorithms: Set<ConvolutionAlgorithm> = Set(ConvolutionAlgorithm.allCases),
        worksInPlace: Bool = false, fitsPointwise: Bool? = nil,
        lower lowering: @escaping @Sendable (GroupAnalysis) -> Lowering?
    ) {
        self.anchors = anchors
        self.algorithms = algorithms
        self.worksInPlace = worksInPlace
        self.fitsPointwise = fitsPointwise ?? anchors.isEmpty
        self.lowering = lowering
    }

    /// nil where the kernel does not fit.
    func lower(_ analysis: GroupAnalysis) -> Lowering? {
        let fits = analysis.anchorOperation.map { anchors.contains($0.op) } ?? fitsPointwise
        return fits ? lowering(analysis) : nil
    }
}
