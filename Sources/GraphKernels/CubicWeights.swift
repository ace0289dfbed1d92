import GraphKernelInterface

/// The weights with which bicubic enlargement by a whole factor makes a pixel from four.
///
/// They depend on the place within a source pixel alone: one row of four for each phase.
struct CubicWeights {
    private let factor: Int
    private let weights: UnsafeMutablePointer<Float>

    /// - Parameter scratch: `resizeBicubicWeightByteCount` bytes.
    init(factor: Int, scratch: UnsafeMutableRawPointer) {
        self.factor = factor
        weights = scratch.floats
        for phase in 0..<factor {
            // The centre's distance behind the source pixel at or before it.
            let place: Int = (2 * phase + 1 + factor) % (2 * factor)
            let fraction = Double(place) / Double(2 * factor)
            for tap in 0..<4 { weights[4 * phase + tap] = Float(cubicKernel(fraction + 1 - Double(tap))) }
        }
    }

    /// The weight of tap 0…3 of pixel `index` of the result.
    subscript(index: Int, tap: Int) -> Float { weights[4 * (index % factor) + tap] }

    /// The four weights of a pixel of the result.
    func taps(_ index: Int) -> UnsafePointer<Float> { UnsafePointer(weights + 4 * (index % factor)) }

    /// The first of the four source pixels of pixel `index` of the result, perhaps outside the image.
    func firstTap(_ index: Int) -> Int {
        // The centre is (2·index + 1 − factor) / (2·factor); adding one period first keeps the division positive.
        (2 * index + 1 + factor) / (2 * factor) - 2
    }

    /// The weight of source pixel `source` in pixel `index` of the result, over all taps that mirroring leads to it.
    func weight(of source: Int, in index: Int, size: Int) -> Float {
        let first = firstTap(index)
        var sum: Float = 0
        for tap in 0..<4 where mirrored(first + tap, size) == source { sum += self[index, tap] }
        return sum
    }
}

/// The pixel within 0..<size that the image, mirrored at its edges without end, shows at `index`.
func mirrored(_ index: Int, _ size: Int) -> Int {
    let place = ((index % (2 * size)) + 2 * size) % (2 * size)
    return place < size ? place : 2 * size - 1 - place
}

private func cubicKernel(_ distance: Double) -> Double {
    let x = distance.magnitude
    if x < 1 { return (1.5 * x - 2.5) * x * x + 1 }
    if x < 2 { return ((-0.5 * x + 2.5) * x - 4) * x + 2 }
    return 0
}
