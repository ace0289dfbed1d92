/// Sums whose order is fixed by their lengths alone, so that they give equal bits wherever they are computed.
extension UnsafeMutableBufferPointer<Float> {
    /// Adds as many numbers, each to its own.
    public func add(_ others: UnsafeMutableBufferPointer<Float>) {
        precondition(others.count == count, "each number has its own")
        guard let target = baseAddress, let source = others.baseAddress else { return }
        for index in 0..<count { target[index] += source[index] }
    }

    /// Multiplies each number by one.
    public func scale(by factor: Float) {
        guard let target = baseAddress else { return }
        for index in 0..<count { target[index] *= factor }
    }

    /// Copies as many numbers here.
    public func copy(_ others: UnsafeMutableBufferPointer<Float>) {
        precondition(others.count == count, "each number has its own place")
        UnsafeMutableRawBufferPointer(self).copyMemory(from: UnsafeRawBufferPointer(others))
    }

    /// The sum of the squares of each block: eight partial sums, of every eighth number, which are then added in pairs.
    ///
    /// - Requires: `count` is a multiple of `blockCount`, and this of 8.
    public func sumsOfSquares(blockCount: Int) -> [Double] {
        precondition(count % blockCount == 0 && blockCount % 8 == 0, "blocks are whole")
        guard let source = baseAddress else { return [] }
        return stride(from: 0, to: count, by: blockCount).map { start in
            var sums = SIMD8<Double>()
            for index in stride(from: start, to: start + blockCount, by: 8) {
                let numbers = SIMD8<Double>(UnsafeRawPointer(source + index).loadUnaligned(as: SIMD8<Float>.self))
                sums += numbers * numbers
            }
            let fours = sums.lowHalf + sums.highHalf
            let twos = fours.lowHalf + fours.highHalf
            return twos.x + twos.y
        }
    }
}
