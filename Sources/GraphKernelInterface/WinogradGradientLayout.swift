import GraphBasics

/// How the Winograd filter gradient cuts its sum over tiles and its scratch, from the shape alone.
///
/// The tiles of the batch are cut into chunks, and the filter into groups of input and output channels. For
/// each chunk and pair of groups one row of products holds 36 matrices of input by output channels, summed
/// over the chunk's tiles; the gradient is made of the sums of all chunks' rows. The tree of the sum so
/// depends on sizes alone.
///
/// Scratch holds, each on a cache line: zeros, a line buffer of transformed columns (see ``WinogradLayout``), and
/// the planes of the input and of the output's gradient for one block of tiles.
public struct WinogradGradientLayout {
    /// Planes: one for each number that a tile's inputs, or its 4 × 4 gradients, are transformed to.
    public var planeCount: Int
    /// Into how many chunks the tiles of the batch are cut.
    public var chunkCount: Int
    /// Channels of a group; the last group may have fewer.
    public var inputGroupChannels: Int, outputGroupChannels: Int
    /// Groups of input and of output channels.
    public var inputGroupCount: Int, outputGroupCount: Int
    /// Output channels, with those that fill the last vector.
    public var paddedOutputChannels: Int
    /// Rows of a matrix of products: a group's input channels, filled up to whole register tiles.
    public var matrixRowCount: Int
    /// Tiles of a block, at most.
    public var blockTileCount: Int
    /// Elements from one plane to the next.
    public var inputPlaneStride: Int, gradientPlaneStride: Int
    /// Where in scratch each part begins, in bytes.
    public var zerosOffset: Int, lineBufferOffset: Int, inputOffset: Int, gradientOffset: Int
    /// Bytes of scratch in all.
    public var byteCount: Int

    /// The layout for the gradient of a 3×3 or 5×5 filter of stride 1.
    public init(_ geometry: ConvolutionGeometry) {
        planeCount = geometry.winogradPlaneCount
        let tileCount = geometry.imageCount * geometry.tileRowsPerImage * geometry.tilesPerRow
        chunkCount = min(4, max(1, tileCount / 144), geometry.imageCount * geometry.tileRowsPerImage)
        paddedOutputChannels = geometry.outputChannels.roundedUp(to: 8)
        inputGroupChannels = min(geometry.winogradInputChannels, WinogradLayout.lineBufferChannelCount)
        outputGroupChannels = min(paddedOutputChannels, 64)
        inputGroupCount = geometry.winogradInputChannels.ceilingDivided(by: inputGroupChannels)
        outputGroupCount = paddedOutputChannels.ceilingDivided(by: outputGroupChannels)
        matrixRowCount = inputGroupChannels.roundedUp(to: 12)
        blockTileCount = 36
        inputPlaneStride = blockTileCount * inputGroupChannels + 16
        gradientPlaneStride = blockTileCount * outputGroupChannels + 16

        zerosOffset = 0
        lineBufferOffset = (geometry.inputChannels * 4).roundedUp(to: 64)
        inputOffset =
            lineBufferOffset + WinogradLayout.lineBufferColumnCount * geometry.winogradInputTileSize * inputGroupChannels * 4
        gradientOffset = inputOffset + planeCount * inputPlaneStride * 4
        byteCount = gradientOffset + planeCount * gradientPlaneStride * 4
    }

    /// Rows of products, and elements of one: `[plane][block][matrix row][16]`, the last block being 8 wide when
    /// at most 8 output channels remain. Behind them lies the sum of the output's gradient for each channel of the group.
    public var productRowCount: Int { chunkCount * inputGroupCount * outputGroupCount }
    /// Elements of a row of products, with the sums behind them.
    public var productRowElementCount: Int { sumOffset + outputGroupChannels }
    /// Elements from the row's begin to the sums.
    public var sumOffset: Int { planeCount * matrixRowCount * outputGroupChannels }
}
