import GraphBasics

/// How the narrow convolution cuts its work, from the shape alone.
public struct NarrowConvolutionLayout {
    /// The strips of pixels and what scratch holds for each; behind a strip's result lie its sums.
    public var strips: DirectStripLayout
    /// Sums of a pixel, one for each column of the filter and each output channel, in whole vectors.
    public var sumCount: Int

    /// The layout for a convolution with these programs before and behind it.
    public init(_ geometry: ConvolutionGeometry, _ programs: ConvolutionProgramScratch) {
        // As many pixels as the direct convolution has in a strip.
        let pixelByteCount = max(1, geometry.inputChannels * 4)
        let stripWidth = DirectStripLayout.stripWidth(
            geometry, target: min(48, max(12, 65536 / pixelByteCount / 12 * 12)))
        sumCount = geometry.columnSumCount
        let sumPixelCount = (stripWidth + geometry.filterWidth - 1).roundedUp(to: DirectStripLayout.tileWidth)
        strips = DirectStripLayout(
            geometry, programs, stripWidth: stripWidth, lineBufferRowCount: geometry.filterHeight,
            lineBufferRowPixelCount: sumPixelCount,
            resultPixelCount: stripWidth
                + (sumPixelCount * sumCount).ceilingDivided(by: geometry.outputChannels.roundedUp(to: 8)))
    }
}

extension ConvolutionGeometry {
    /// Sums of a pixel that the narrow convolution makes.
    public var columnSumCount: Int { (filterWidth * outputChannels).roundedUp(to: 8) }

    /// Whether the columns of the filter fill vectors that its output channels do not.
    public var suitsNarrowConvolution: Bool {
        stride == 1 && hasConnectedTaps && 3 * columnSumCount <= 2 * filterWidth * outputChannels.roundedUp(to: 8)
    }

    /// Bytes of a filter packed for the narrow convolution.
    public var columnFilterByteCount: Int { filterHeight * inputChannels * columnSumCount * 4 }

    /// Bytes of scratch of `conv2d_narrow`.
    public func narrowScratchByteCount(prologue: PointwiseProgram?, epilogue: PointwiseProgram?) -> Int {
        NarrowConvolutionLayout(self, ConvolutionProgramScratch(self, prologue: prologue, epilogue: epilogue))
            .strips.byteCount
    }
}
