/// How `composed_gradient_sums` lays out and cuts its work, from the shape of the composed convolution alone.
///
/// A row for each set of borders and tap: `[in][out]`, and behind them the sum of the output's gradient, in the rows of
/// the first tap.
extension ConvolutionGeometry {
    public var composedSumRowCount: Int { ImageBorders.setCount * filterHeight * filterWidth }
    public var composedSumRowElementCount: Int { (inputChannels + 1) * outputChannels }

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

    /// Bytes of scratch of `composed_gradient_sums`: those of its largest region.
    public var composedSumScratchByteCount: Int {
        (0..<ImageBorders.setCount).reduce(0) { largest, borders in
            guard let region = ImageBorders.region(borders, inHeight: outputHeight, width: outputWidth) else { return largest }
            return max(largest, restricted(to: region).directFilterGradientScratchByteCount(prologue: nil))
        }
    }
}
