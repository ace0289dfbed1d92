extension Picture {
    /// The picture smaller by a whole factor, each pixel the mean of those that it stands for, rounded.
    ///
    /// - Precondition: the sides are multiples of `scale`.
    public func boxReduction(scale: Int) -> Picture {
        precondition(scale > 0 && width % scale == 0 && height % scale == 0)
        let (small, count) = (width / scale, scale * scale)
        var reduced: [UInt8] = []
        reduced.reserveCapacity(pixels.count / count)
        for y in 0..<height / scale {
            var sums = [Int](repeating: count / 2, count: 3 * small)
            for line in 0..<scale {
                for (place, sample) in row(y * scale + line).enumerated() {
                    sums[place / (3 * scale) * 3 + place % 3] += Int(sample)
                }
            }
            for sum in sums { reduced.append(UInt8(sum / count)) }
        }
        return Picture(width: small, height: height / scale, pixels: reduced)
    }
}
