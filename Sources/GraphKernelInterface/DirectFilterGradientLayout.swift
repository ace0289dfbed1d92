import GraphBasics

/// How the direct filter gradient cuts its sum over pixels and its scratch, from the shape alone.
///
/// Scratch holds, each on a cache line: the input rows that a block of the output's rows needs, the
/// output gradient of the block packed by channels, one tile of sums, and the prologue's scratch.
public struct DirectFilterGradientLayout {
    /// Rows and pixels of the output gradient that are summed before the sums are added to the result.
    public var blockRows: Int, blockWidth: Int
    /// Output channels, with those that fill the last vector of 8 of each group.
    public var paddedChannels: Int
    /// Bytes from one input row of a block to the next.
    public var inputRowByteStride: Int
    /// Where in scratch the packed gradient, the tile of sums and the prologue's scratch begin, in bytes.
    public var gradientOffset: Int, tileOffset: Int, prologueOffset: Int
    /// Bytes of scratch in all.
    public var byteCount: Int

    /// Pixels of a block, where the image has as many.
    private static let targetPixels = 192

    /// The layout for a convolution whose prologue asks for so many bytes of scratch.
    public init(_ geometry: ConvolutionGeometry, prologueByteCount: Int) {
        let target = DirectFilterGradientLayout.targetPixels
        let width = max(1, geometry.outputWidth)
        let columns = width.ceilingDivided(by: target)
        blockWidth = width.ceilingDivided(by: columns)
        blockRows = max(1, min(geometry.outputHeight, target / width))
        paddedChannels = geometry.groupCount * geometry.groupOutputChannels.roundedUp(to: 8)
        // A tile may read up to 12 elements past the last pixel; what it makes of them is dropped.
        inputRowByteStride =
            ((((blockWidth - 1) * geometry.stride + geometry.reachWidth) * geometry.inputChannels + 12) * 4)
            .roundedUp(to: 64)
        let inputRows = (blockRows - 1) * geometry.stride + geometry.reachHeight
        gradientOffset = inputRows * inputRowByteStride
        tileOffset = gradientOffset + blockRows * blockWidth * paddedChannels * 4
        prologueOffset = (tileOffset + 12 * 16 * 4).roundedUp(to: 64)
        byteCount = prologueOffset + prologueByteCount.roundedUp(to: 64)
    }
}

extension ConvolutionGeometry {
    /// The pixels of the result.
    public var wholeImage: ImageRegion { ImageRegion(rows: 0..<outputHeight, columns: 0..<outputWidth) }

    /// The convolution that makes some of the results alone; its padding may be negative.
    public func restricted(to region: ImageRegion) -> ConvolutionGeometry {
        var part = self
        part.outputHeight = region.rows.count
        part.outputWidth = region.columns.count
        part.padTop -= region.rows.lowerBound * stride
        part.padLeft -= region.columns.lowerBound * stride
        return part
    }

    /// Bytes of scratch of `conv2d_filter_gradient_direct`.
    public func directFilterGradientScratchByteCount(prologue: PointwiseProgram?) -> Int {
        DirectFilterGradientLayout(
            self, prologueByteCount: prologue?.scratchByteCount(channels: inputChannels) ?? 0
        ).byteCount
    }

    /// The convolution whose filter gradient is this one's with taps turned and channels exchanged: the output's gradient
    /// is its input, and the input its output's gradient. For a stride of 1.
    public var exchanged: ConvolutionGeometry {
        var other = self
        (other.inputHeight, other.inputWidth, other.inputChannels) = (outputHeight, outputWidth, outputChannels)
        (other.outputHeight, other.outputWidth, other.outputChannels) = (inputHeight, inputWidth, inputChannels)
        other.padTop = (filterHeight - 1) * dilation - padTop
        other.padLeft = (filterWidth - 1) * dilation - padLeft
        return other
    }

    /// Multiplications of `conv2d_filter_gradient_direct` for each pixel and row of the filter, those of idle lanes included.
    public var directFilterGradientProductCount: Int {
        let runs = hasConnectedTaps ? 1 : filterWidth * groupCount
        let terms = hasConnectedTaps ? filterWidth * inputChannels : groupInputChannels
        return runs * terms.roundedUp(to: 6) * groupOutputChannels.roundedUp(to: 8)
    }
}
