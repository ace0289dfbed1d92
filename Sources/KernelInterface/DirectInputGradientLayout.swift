/// How the direct input gradient cuts its work and its scratch, from the shape alone.
///
/// With stride s the result's pixels fall into s phases in each direction: pixel w, counted with its
/// padding, is of phase w mod s and made by every s-th column of the filter. The geometry is that of the
/// result as output: `padTop` and `padLeft` are the forward convolution's.
///
/// Scratch holds, in this order and each on a cache line: a table of row addresses, a ring of the rows of
/// one strip of the output gradient, the result of one row of the strip, its results after the epilogue
/// when a pixel shuffle scatters them, and the scratch of the prologue and the epilogue.
public struct DirectInputGradientLayout {
    /// Pixels of the result computed at a time; the last strip of a row may be narrower.
    public var stripWidth: Int
    /// Pixels of the output gradient that a strip reads.
    public var gradientWidth: Int
    /// Channels of the result, with those that fill the last block of 8.
    public var paddedChannels: Int
    /// Rows and columns of the filter in phase 0, which has the most.
    public var phaseHeight: Int, phaseWidth: Int
    public var rowTableOffset: Int, ringOffset: Int, resultOffset: Int, shuffleOffset: Int
    public var prologueOffset: Int, epilogueOffset: Int
    /// Bytes from one row of the ring to the next, and of one result before the shuffle.
    public var ringRowByteStride: Int, shuffleByteCount: Int
    public var byteCount: Int

    public init(
        _ geometry: ConvolutionGeometry, prologueByteCount: Int, epilogueByteCount: Int, resultCount: Int
    ) {
        // As for the direct convolution: the output gradient's strip stays in the caches beside the filter.
        let pixelByteCount = max(1, geometry.inputChannels * 4)
        let stride = geometry.stride
        let target = stride * max(12, min(48, 192 / stride, 65536 / pixelByteCount) / 12 * 12)
        let stripCount = max(1, (geometry.outputWidth + target - 1) / target)
        stripWidth = ((geometry.outputWidth + stripCount - 1) / stripCount).roundedUp(to: 12)
        paddedChannels = geometry.outputChannels.roundedUp(to: 8)
        phaseHeight = geometry.phaseTapCount(0, of: geometry.filterHeight)
        phaseWidth = geometry.phaseTapCount(0, of: geometry.filterWidth)

        // A phase's pixels are computed in whole tiles.
        let phasePixels = ((stripWidth + stride - 1) / stride).roundedUp(to: DirectConvolutionLayout.tileWidth)
        gradientWidth = phaseWidth + phasePixels
        ringRowByteStride = (gradientWidth * geometry.inputChannels * 4).roundedUp(to: 64)
        shuffleByteCount = (stripWidth * geometry.outputChannels * 4).roundedUp(to: 64)
        rowTableOffset = 0
        ringOffset = (phaseHeight * MemoryLayout<UnsafeRawPointer>.stride).roundedUp(to: 64)
        resultOffset = ringOffset + phaseHeight * ringRowByteStride
        shuffleOffset = resultOffset + (phasePixels * stride * paddedChannels * 4).roundedUp(to: 64)
        let shuffled = geometry.shuffleBlock > 1 ? max(1, resultCount) * shuffleByteCount : 0
        prologueOffset = shuffleOffset + shuffled
        epilogueOffset = prologueOffset + prologueByteCount.roundedUp(to: 64)
        byteCount = epilogueOffset + epilogueByteCount.roundedUp(to: 64)
    }
}

extension ConvolutionGeometry {
    /// How many of `tapCount` rows or columns of a filter are in a phase: phase, phase + stride, ….
    public func phaseTapCount(_ phase: Int, of tapCount: Int) -> Int {
        phase < tapCount ? (tapCount - phase + stride - 1) / stride : 0
    }

    /// Bytes of scratch of `conv2d_input_gradient_direct`.
    public func directInputGradientScratchByteCount(
        prologue: PointwiseProgram?, epilogue: PointwiseProgram?
    ) -> Int {
        DirectInputGradientLayout(
            self, prologueByteCount: prologue?.scratchByteCount(channels: inputChannels) ?? 0,
            epilogueByteCount: epilogue?.scratchByteCount(channels: outputChannels) ?? 0,
            resultCount: epilogue?.results.count ?? 0
        ).byteCount
    }
}
