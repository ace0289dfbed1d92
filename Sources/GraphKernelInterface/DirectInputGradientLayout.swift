import GraphBasics

/// How the direct input gradient cuts its work, from the shape alone.
///
/// With stride s the result's pixels fall into s phases in each direction: pixel w, counted with its
/// padding, is of phase w mod s and made by every s-th column of the filter. The geometry is that of the
/// result as output: `padTop` and `padLeft` are the forward convolution's.
public struct DirectInputGradientLayout {
    /// The strips of pixels and what scratch holds for each.
    public var strips: DirectStripLayout
    /// Pixels of the output gradient that a strip reads.
    public var gradientWidth: Int
    /// Rows and columns of the filter in phase 0, which has the most.
    public var phaseHeight: Int, phaseWidth: Int

    /// The layout for an input gradient with these programs before and behind it.
    public init(_ geometry: ConvolutionGeometry, _ programs: ConvolutionProgramScratch) {
        // As for the direct convolution: the output gradient's strip stays in the caches beside the filter.
        let pixelByteCount = max(1, geometry.inputChannels * 4)
        let stride = geometry.stride
        let stripWidth = DirectStripLayout.stripWidth(
            geometry, target: stride * max(12, min(48, 192 / stride, 65536 / pixelByteCount) / 12 * 12))
        phaseHeight = geometry.phaseTapCount(0, of: geometry.filterHeight)
        phaseWidth = geometry.phaseTapCount(0, of: geometry.filterWidth)

        // A phase's pixels are computed in whole tiles.
        let phasePixels = stripWidth.ceilingDivided(by: stride).roundedUp(to: DirectStripLayout.tileWidth)
        gradientWidth = phaseWidth + phasePixels + (geometry.isDepthwise ? geometry.depthwiseOverreadPixelCount : 0)
        strips = DirectStripLayout(
            geometry, programs, stripWidth: stripWidth, lineBufferRowCount: phaseHeight, lineBufferRowPixelCount: gradientWidth,
            resultPixelCount: phasePixels * stride, tapCount: geometry.hasConnectedTaps ? 0 : phaseHeight * phaseWidth,
            paddedChannels: geometry.isDepthwise ? geometry.outputChannels.roundedUp(to: 8) : nil)
    }
}

extension ConvolutionGeometry {
    /// How many of `tapCount` rows or columns of a filter are in a phase: phase, phase + stride, ….
    public func phaseTapCount(_ phase: Int, of tapCount: Int) -> Int {
        phase < tapCount ? (tapCount - phase).ceilingDivided(by: stride) : 0
    }

    /// Bytes of scratch of `conv2d_input_gradient_direct`.
    public func directInputGradientScratchByteCount(
        prologue: PointwiseProgram?, epilogue: PointwiseProgram?
    ) -> Int {
        DirectInputGradientLayout(self, ConvolutionProgramScratch(self, prologue: prologue, epilogue: epilogue))
            .strips.byteCount
    }
}
