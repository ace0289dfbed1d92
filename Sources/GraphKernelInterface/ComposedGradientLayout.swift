/// How `composed_gradient_sums` lays out and cuts its work, from the shape of the composed convolution alone.
///
/// A row for each set of borders and tap: `[in][out]`, and behind them the sum of the output's gradient, in the rows of
/// the first tap.
extension ConvolutionGeometry {
    /// Rows of sums: one for each set of borders and tap of the filter.
    public var composedSumRowCount: Int { ImageBorders.setCount * filterHeight * filterWidth }
    /// Elements of a row of sums: `[in][out]`, and the sums of the output's gradient behind them.
    public var composedSumRowElementCount: Int { (inputChannels + 1) * outputChannels }

    /// Bytes of scratch: those of the largest region.
    public var composedSumScratchByteCount: Int {
        (0..<ImageBorders.setCount).compactMap { borders in
            ImageBorders.region(borders, inHeight: outputHeight, width: outputWidth)
        }.map { restricted(to: $0).directFilterGradientScratchByteCount(prologue: nil) }.max() ?? 0
    }
}
