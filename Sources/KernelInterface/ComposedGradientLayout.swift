/// How `composed_gradient_sums` lays out and cuts its work, from the shape of the composed convolution alone.
///
/// A row for each set of borders and tap: `[in][out]`, and behind them the sum of the output's gradient, in the rows of
/// the first tap.
extension ConvolutionGeometry {
    public var composedSumRowCount: Int { ImageBorders.setCount * filterHeight * filterWidth }
    public var composedSumRowElementCount: Int { (inputChannels + 1) * outputChannels }

    /// Bytes of scratch: those of the largest region.
    public var composedSumScratchByteCount: Int {
        (0..<ImageBorders.setCount).compactMap { borders in
            ImageBorders.region(borders, inHeight: outputHeight, width: outputWidth)
        }.map { restricted(to: $0).directFilterGradientScratchByteCount(prologue: nil) }.max() ?? 0
    }
}
