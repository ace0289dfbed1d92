extension ConvolutionGeometry {
    /// How `conv2d_composed` cuts its work: as the direct convolution does, with room for a tile more at the end of a
    /// strip, since the pixel at the border is computed by itself.
    public func composedConvolutionLayout(_ programs: ConvolutionProgramScratch) -> DirectStripLayout {
        let stripWidth = DirectConvolutionLayout(self, programs).strips.stripWidth
        let computed = stripWidth + DirectStripLayout.tileWidth
        return DirectStripLayout(
            self, programs, stripWidth: stripWidth, lineBufferRowCount: filterHeight,
            lineBufferRowPixelCount: computed - 1 + filterWidth, resultPixelCount: computed)
    }

    /// Bytes of scratch of `conv2d_composed`.
    public func composedScratchByteCount(epilogue: PointwiseProgram?) -> Int {
        composedConvolutionLayout(ConvolutionProgramScratch(self, prologue: nil, epilogue: epilogue)).byteCount
    }
}
