import GraphBasics

/// How the Winograd convolutions F(4×4, 3×3) and F(4×4, 5×5) cut their work and their scratch, from the shape alone.
///
/// The result is cut into tiles of 4 × 4 pixels, anchored at row 0 and pixel 0 of each image. A tile's input, 6 × 6 or
/// 8 × 8 pixels, is transformed to as many numbers for each input channel, one in each of 36 or 64 planes; the planes'
/// products with the filter are as many numbers for each output channel, in planes again.
///
/// Scratch holds, in this order and each on a cache line: zeros that stand for rows of padding, a line buffer of
/// transformed columns, the planes of one block of tiles, their products with one group of output channels,
/// the block's result when its epilogue does not run on registers, its results after the epilogue when a
/// pixel shuffle scatters them, and the scratch of the epilogue.
public struct WinogradLayout {
    /// Rows and pixels of one tile of the result.
    public static let tileSize = 4
    /// Transformed columns that exist at a time: those of one tile, and room for the next.
    public static let lineBufferColumnCount = 8
    /// Input channels that go through the line buffer together, so that it stays in the L1 cache.
    public static let lineBufferChannelCount = 64

    /// Tiles of a block, at most: of 64 channels 36, an image of 24 × 24, for which the filters are read once. Their planes,
    /// the filters of 64 channels and the rows that the block reads and writes stay in a 1 MiB L2 cache.
    public var blockTileCount: Int
    /// Output channels, with those that fill the last vector.
    public var paddedChannels: Int
    /// Output channels whose products exist at a time; the last group may have fewer.
    public var groupChannels: Int
    /// Whether products take the place of planes that have been read: plane p lies in place p + 1, its
    /// product in place p.
    public var isInPlace: Bool
    /// Elements from one plane to the next: never a multiple of 4 KiB, which would collide in the caches.
    public var planeStride: Int, productPlaneStride: Int
    /// Elements from one tile's products in a plane to the next's.
    public var productTileStride: Int
    /// Where in scratch each part begins, in bytes.
    public var zerosOffset: Int, lineBufferOffset: Int, planeOffset: Int, productOffset: Int
    /// Where in scratch the block's results and the epilogue's scratch begin, in bytes.
    public var resultOffset: Int, shuffleOffset: Int, epilogueOffset: Int
    /// Bytes of one result before the shuffle, of one row of a block.
    public var shuffleByteCount: Int
    /// Bytes of scratch in all.
    public var byteCount: Int

    /// The layout for a 3×3 or 5×5 convolution of stride 1.
    public init(_ geometry: ConvolutionGeometry, epilogueByteCount: Int, resultCount: Int) {
        let tileSize = WinogradLayout.tileSize, planeCount = geometry.winogradPlaneCount
        let inputChannels = geometry.winogradInputChannels
        blockTileCount = min(36, max(12, 344_064 / (planeCount * inputChannels * 4) / 6 * 6))
        paddedChannels = geometry.outputChannels.roundedUp(to: 8)
        groupChannels = geometry.winogradGroupChannels
        isInPlace = paddedChannels <= min(inputChannels, groupChannels)
        planeStride = blockTileCount * inputChannels + 16
        productTileStride = isInPlace ? inputChannels : groupChannels
        productPlaneStride = isInPlace ? planeStride : blockTileCount * groupChannels + 16

        zerosOffset = 0
        lineBufferOffset = (inputChannels * 4).roundedUp(to: 64)
        let lineBufferByteCount =
            WinogradLayout.lineBufferColumnCount * geometry.winogradInputTileSize
            * min(inputChannels, WinogradLayout.lineBufferChannelCount) * 4
        let planesOffset = lineBufferOffset + lineBufferByteCount
        planeOffset = isInPlace ? planesOffset + planeStride * 4 : planesOffset
        let planesEnd = planeOffset + planeCount * planeStride * 4
        productOffset = isInPlace ? planesOffset : planesEnd
        resultOffset = isInPlace ? planesEnd : planesEnd + planeCount * productPlaneStride * 4
        shuffleOffset = resultOffset + blockTileCount * tileSize * tileSize * paddedChannels * 4
        shuffleByteCount = blockTileCount * tileSize * geometry.outputChannels * 4
        epilogueOffset = shuffleOffset + (geometry.shuffleBlock > 1 ? max(1, resultCount) * shuffleByteCount : 0)
        byteCount = epilogueOffset + epilogueByteCount.roundedUp(to: 64)
    }
}

extension ConvolutionGeometry {
    /// Rows and pixels of the input of one tile: 6 with filters of 3 × 3, 8 with those of 5 × 5.
    public var winogradInputTileSize: Int { WinogradLayout.tileSize - 1 + filterHeight }
    /// Planes: one for each number that a tile is transformed to.
    public var winogradPlaneCount: Int { winogradInputTileSize * winogradInputTileSize }
    /// Input channels in whole vectors of 8. Where channels do not fill the last vector, it holds the last 8 channels, and
    /// the transformed filter is zero for those that the vector before holds, too.
    public var winogradInputChannels: Int { inputChannels.roundedUp(to: 8) }

    /// The first of the 8 channels in the vector at a multiple of 8.
    @inlinable
    public func winogradSourceChannel(_ channel: Int) -> Int { min(channel, inputChannels - 8) }

    /// Rows of tiles of an image.
    public var tileRowsPerImage: Int { outputHeight.ceilingDivided(by: WinogradLayout.tileSize) }
    /// Tiles of a row of tiles.
    public var tilesPerRow: Int { outputWidth.ceilingDivided(by: WinogradLayout.tileSize) }

    /// Output channels that the Winograd convolution multiplies together, at most: 64 where these are all, so
    /// that products take the place of planes; else 32, or as many as a pixel shuffle leaves side by side.
    public var winogradGroupChannels: Int {
        if shuffleBlock == 1 { return outputChannels <= 64 ? 64 : 32 }
        let sideBySide = outputChannels / (shuffleBlock * shuffleBlock)
        return [32, 16].first { sideBySide % $0 == 0 } ?? 64
    }

    /// Bytes of a filter transformed for the Winograd convolution: `[group][plane][block][in][16]`, the
    /// last block being 8 wide when at most 8 output channels remain, filled up with zeros.
    public var transformedFilterByteCount: Int {
        winogradPlaneCount * winogradInputChannels * outputChannels.roundedUp(to: 8) * 4
    }

    /// Bytes of scratch of `transform_filter_rotated`: the taps between eight input and eight output channels.
    public var rotatedFilterScratchByteCount: Int { filterHeight * filterWidth * 8 * 8 * 4 }

    /// Bytes of scratch of `conv2d_winograd`.
    public func winogradScratchByteCount(epilogue: PointwiseProgram?) -> Int {
        WinogradLayout(
            self, epilogueByteCount: epilogue?.scratchByteCount(channels: outputChannels) ?? 0,
            resultCount: epilogue?.results.count ?? 0
        ).byteCount
    }
}
