import GraphBasics

/// How the depthwise filter gradient cuts its sum over pixels and its scratch, from the shape alone.
///
/// The rows of the output's gradient of all images are cut into chunks. For each chunk one row of products holds the sums
/// over its pixels, `[tap][channel]`; the gradient is the sum of these rows.
///
/// Scratch holds, each on a cache line: addresses of taps, and for one block of pixels and one vector of channels the
/// input and the output's gradient, `[row][pixel][lane]`.
public struct DepthwiseGradientLayout {
    /// Rows of the output's gradient in each chunk but the last.
    public var chunkRowCount: Int
    /// Rows of products.
    public var chunkCount: Int
    /// Rows and pixels of the output's gradient in a block, at most.
    public var blockRows: Int, blockWidth: Int
    /// Pixels of a row of the block's input.
    public var inputWidth: Int
    /// Where in scratch the block's input and gradient begin, in bytes.
    public var inputOffset: Int, gradientOffset: Int
    /// Bytes of scratch in all.
    public var byteCount: Int

    /// Lanes of a vector, at most.
    private static let laneCount = 16

    /// Chunks, at most: enough for any number of threads.
    private static let mostChunks = 64

    /// The layout for the gradient of a filter whose groups are its channels.
    public init(_ geometry: ConvolutionGeometry) {
        let rowCount = geometry.imageCount * geometry.outputHeight
        blockWidth = max(1, geometry.outputWidth.ceilingDivided(by: geometry.outputWidth.ceilingDivided(by: 16)))
        blockRows = max(1, min(geometry.outputHeight, 128 / blockWidth))
        chunkRowCount = max(min(blockRows, rowCount), rowCount.ceilingDivided(by: DepthwiseGradientLayout.mostChunks))
        chunkCount = rowCount.ceilingDivided(by: chunkRowCount)
        inputWidth = (blockWidth - 1) * geometry.stride + geometry.reachWidth
        let inputRows = (blockRows - 1) * geometry.stride + geometry.reachHeight
        inputOffset = (geometry.filterHeight * geometry.filterWidth * MemoryLayout<UnsafeRawPointer>.stride).roundedUp(to: 64)
        gradientOffset = inputOffset + inputRows * inputWidth * DepthwiseGradientLayout.laneCount * 4
        byteCount = gradientOffset + blockRows * blockWidth * DepthwiseGradientLayout.laneCount * 4
    }
}

extension ConvolutionGeometry {
    /// Elements of a row of products of the depthwise filter gradient.
    public var depthwiseProductCount: Int { filterHeight * filterWidth * inputChannels }
}
