import GraphBasics

/// How the depthwise convolution cuts its work, from the shape alone.
public struct DepthwiseConvolutionLayout {
    /// The strips of pixels and what scratch holds for each.
    public var strips: DirectStripLayout

    /// The layout for a convolution with these programs before and behind it.
    public init(_ geometry: ConvolutionGeometry, _ programs: ConvolutionProgramScratch) {
        // The filter's rows of a strip's input and its result stay in a 32 KiB L1 cache for 64 channels.
        let pixelByteCount = max(1, geometry.inputChannels * geometry.stride * 4)
        let stripWidth = DirectStripLayout.stripWidth(
            geometry, target: min(48, max(12, 16384 / pixelByteCount / 12 * 12)))
        strips = DirectStripLayout(
            geometry, programs, stripWidth: stripWidth, lineBufferRowCount: geometry.reachHeight,
            lineBufferRowPixelCount: (stripWidth - 1) * geometry.stride + geometry.reachWidth
                + geometry.depthwiseOverreadPixelCount, resultPixelCount: stripWidth,
            tapCount: geometry.filterHeight * geometry.filterWidth,
            paddedChannels: geometry.outputChannels.roundedUp(to: 8))
    }
}

extension ConvolutionGeometry {
    /// The geometry of packing a depthwise filter: of one group and one input channel.
    public var ofDepthwiseFilter: ConvolutionGeometry {
        var filter = self
        filter.inputChannels = 1
        filter.groupCount = 1
        return filter
    }

    /// Pixels beyond the last that vectors of 8 channels of it read from.
    public var depthwiseOverreadPixelCount: Int { inputChannels % 8 == 0 ? 0 : 7.ceilingDivided(by: inputChannels) }

    /// Bytes of scratch of `conv2d_depthwise`.
    public func depthwiseScratchByteCount(prologue: PointwiseProgram?, epilogue: PointwiseProgram?) -> Int {
        DepthwiseConvolutionLayout(self, ConvolutionProgramScratch(self, prologue: prologue, epilogue: epilogue))
            .strips.byteCount
    }
}
