/// How the direct convolution cuts its work and its scratch, from the shape alone: the kernel table
/// asks for the size, the kernel for the parts.
///
/// Scratch holds, in this order and each on a cache line: a table of row addresses, a ring of
/// `filterHeight` input rows of one strip, the result of one row of the strip, its results after the
/// epilogue when a pixel shuffle scatters them, and the scratch of the prologue and the epilogue.
public struct DirectConvolutionLayout {
    /// Output pixels computed at a time, whole tiles; the last strip of a row may be narrower.
    public var stripWidth: Int
    /// Output channels, with those that fill the last block of 8.
    public var paddedChannels: Int
    public var rowTableOffset: Int, ringOffset: Int, resultOffset: Int, shuffleOffset: Int
    public var prologueOffset: Int, epilogueOffset: Int
    /// Bytes from one row of the ring to the next, and of one result before the shuffle.
    public var ringRowByteStride: Int, shuffleByteCount: Int
    public var byteCount: Int

    /// Strips are computed in tiles of at least this many pixels.
    public static let tileWidth = 4

    public init(
        _ geometry: ConvolutionGeometry, prologueByteCount: Int, epilogueByteCount: Int, resultCount: Int
    ) {
        // 48 pixels of 64 channels stay in a 32 KiB L1 cache with one row of a 16-channel filter block. More
        // channels come from L2; beyond 64 KiB a strip is narrower, down to 12 pixels.
        let pixelByteCount = max(1, geometry.inputChannels * geometry.stride * 4)
        let target = min(48, max(12, 65536 / pixelByteCount / 12 * 12))
        let stripCount = max(1, (geometry.outputWidth + target - 1) / target)
        stripWidth = ((geometry.outputWidth + stripCount - 1) / stripCount).roundedUp(to: 12)
        paddedChannels = geometry.outputChannels.roundedUp(to: 8)

        ringRowByteStride =
            (((stripWidth - 1) * geometry.stride + geometry.filterWidth) * geometry.inputChannels * 4)
            .roundedUp(to: 64)
        shuffleByteCount = (stripWidth * geometry.outputChannels * 4).roundedUp(to: 64)
        rowTableOffset = 0
        ringOffset = (geometry.filterHeight * MemoryLayout<UnsafeRawPointer>.stride).roundedUp(to: 64)
        resultOffset = ringOffset + geometry.filterHeight * ringRowByteStride
        shuffleOffset = resultOffset + (stripWidth * paddedChannels * 4).roundedUp(to: 64)
        let shuffled = geometry.shuffleBlock > 1 ? max(1, resultCount) * shuffleByteCount : 0
        prologueOffset = shuffleOffset + shuffled
        epilogueOffset = prologueOffset + prologueByteCount.roundedUp(to: 64)
        byteCount = epilogueOffset + epilogueByteCount.roundedUp(to: 64)
    }
}

extension ConvolutionGeometry {
    /// Bytes of a filter packed for the direct convolution: `[block][height][width][in][16]`, the last
    /// block being 8 wide when at most 8 output channels remain, filled up with zeros.
    public var packedFilterByteCount: Int {
        filterHeight * filterWidth * inputChannels * outputChannels.roundedUp(to: 8) * 4
    }

    /// Bytes of scratch of `conv2d_direct`.
    public func directScratchByteCount(prologue: PointwiseProgram?, epilogue: PointwiseProgram?) -> Int {
        DirectConvolutionLayout(
            self, prologueByteCount: prologue?.scratchByteCount(channels: inputChannels) ?? 0,
            epilogueByteCount: epilogue?.scratchByteCount(channels: outputChannels) ?? 0,
            resultCount: epilogue?.results.count ?? 0
        ).byteCount
    }
}
