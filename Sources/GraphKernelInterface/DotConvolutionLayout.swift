import GraphBasics

extension DirectStripLayout {
    /// Pixels of a tile of dot products.
    public static let dotTileWidth = 8

    /// How dot products cut their work, from the shape alone: as many pixels in a strip as the direct convolution has.
    public init(dotProductsOf geometry: ConvolutionGeometry, _ programs: ConvolutionProgramScratch) {
        let pixelByteCount = max(1, geometry.inputChannels * 4)
        let stripWidth = Self.stripWidth(geometry, target: min(48, max(12, 65536 / pixelByteCount / 12 * 12)))
        let computedPixelCount = stripWidth.roundedUp(to: Self.dotTileWidth)
        self.init(
            geometry, programs, stripWidth: stripWidth, lineBufferRowCount: geometry.filterHeight,
            lineBufferRowPixelCount: computedPixelCount + geometry.filterWidth - 1, resultPixelCount: computedPixelCount)
    }
}

extension ConvolutionGeometry {
    /// Whether vectors of input channels are full, and the output channels so few that they would fill no vector.
    public var suitsDotConvolution: Bool {
        stride == 1 && hasConnectedTaps && inputChannels % 16 == 0 && outputChannels <= 4
    }

    /// Bytes of a filter packed for dot products.
    public var outputFilterByteCount: Int { filterHeight * filterWidth * inputChannels * outputChannels * 4 }

    /// Bytes of scratch of `conv2d_dot`.
    public func dotScratchByteCount(prologue: PointwiseProgram?, epilogue: PointwiseProgram?) -> Int {
        DirectStripLayout(dotProductsOf: self, ConvolutionProgramScratch(self, prologue: prologue, epilogue: epilogue)).byteCount
    }
}
