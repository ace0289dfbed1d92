import GraphBasics

extension Picture {
    /// The picture smaller by a whole factor, to the bit as MATLAB's `imresize(image, 1/scale, "bicubic")`
    /// makes it: the low-resolution pictures of the super-resolution benchmarks.
    ///
    /// Sides become `ceil(side / scale)`. Benchmarks cut pictures to a multiple of the scale first.
    public func bicubicReduction(scale: Int) -> Picture {
        precondition(scale > 0)
        return bicubicResampling(
            width: width.ceilingDivided(by: scale), height: height.ceilingDivided(by: scale), scale: 1 / Double(scale))
    }
}
