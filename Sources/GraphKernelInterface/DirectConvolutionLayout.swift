import GraphBasics

/// How the direct convolution cuts its work, from the shape alone.
public struct DirectConvolutionLayout {
    /// The strips of pixels and what scratch holds for each.
    public var strips: DirectStripLayout

    /// The layout for a convolution with these programs before and behind it.
    public init(_ geometry: ConvolutionGeometry, _ programs: ConvolutionProgramScratch) {
        // 48 pixels of 64 channels stay in a 32 KiB L1 cache with one row of a 16-channel filter block. More
        // channels come from L2; beyond 64 KiB a strip is narrower, down to 12 pixels.
        let pixelByteCount = max(1, geometry.inputChannels * geometry.stride * 4)
        let stripWidth = DirectStripLayout.stripWidth(
            geometry, target: min(48, max(12, 65536 / pixelByteCount / 12 * 12)))
        strips = DirectStripLayout(
            geometry, programs, stripWidth: stripWidth, lineBufferRowCount: geometry.reachHeight,
            lineBufferRowPixelCount: (stripWidth - 1) * geometry.stride + geometry.reachWidth, resultPixelCount: stripWidth,
            tapCount: geometry.hasConnectedTaps ? 0 : geometry.filterHeight * geometry.filterWidth)
    }
}

extension ConvolutionGeometry {
    /// Bytes of a filter packed for the direct convolution: `[group][block][height][width][in][16]`, a group's last
    /// block being 8 wide when at most 8 output channels remain, filled up with zeros.
    public var packedFilterByteCount: Int { filterHeight * filterWidth * packedTapLength * 4 }

    /// Elements of one tap in a packed filter.
    public var packedTapLength: Int { groupCount * groupInputChannels * groupOutputChannels.roundedUp(to: 8) }

    /// Bytes of scratch of `conv2d_direct`.
    public func directScratchByteCount(prologue: PointwiseProgram?, epilogue: PointwiseProgram?) -> Int {
        DirectConvolutionLayout(self, ConvolutionProgramScratch(self, prologue: prologue, epilogue: epilogue))
            .strips.byteCount
    }
}
