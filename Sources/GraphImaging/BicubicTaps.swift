/// Which input samples make each output sample of one side of a picture, and with what weights.
///
/// The kernel is Keys' with a = −0.5; reducing stretches it by the scale, so that it also removes what
/// the smaller picture cannot hold. Beyond its edges the picture is mirrored, the edge sample repeated.
/// The order of operations is that of MATLAB's `imresize`, so that every weight has the same bits.
///
/// Source: R. Keys, Cubic convolution interpolation for digital image processing, 1981, equation 15;
/// MathWorks, `imresize`, method "bicubic".
struct BicubicTaps {
    let outputCount: Int
    /// Taps of each output sample.
    let count: Int
    /// Input positions, `count` for each output sample.
    private(set) var positions: [Int] = []
    /// Weights of the positions; those of an output sample sum to 1.
    private(set) var weights: [Double] = []

    /// - Parameters:
    ///   - outputs: which output samples, counted from 0.
    ///   - scale: output length over input length.
    ///   - shift: input samples that each output sample lies beyond its place.
    init(inputLength: Int, outputs: Range<Int>, scale: Double, shift: Double = 0) {
        let stretch = min(scale, 1)
        let support = 4 / stretch
        outputCount = outputs.count
        count = Int(support.rounded(.up)) + 2
        for output in outputs {
            // Centre of the output sample among input samples, both counted from 1.
            let center = Double(output + 1) / scale + 0.5 * (1 - 1 / scale) + shift
            let left = (center - support / 2).rounded(.down)
            let unscaled = (0..<count).map { tap in
                stretch * keysKernel(stretch * (center - (left + Double(tap))))
            }
            let sum = unscaled.reduce(0, +)
            weights += unscaled.map { $0 / sum }
            positions += (0..<count).map { mirrored(Int(left) + $0 - 1, length: inputLength) }
        }
    }
}

private func keysKernel(_ x: Double) -> Double {
    let x1 = abs(x)
    let x2 = x1 * x1
    let x3 = x2 * x1
    if x1 <= 1 { return 1.5 * x3 - 2.5 * x2 + 1 }
    if x1 <= 2 { return -0.5 * x3 + 2.5 * x2 - 4 * x1 + 2 }
    return 0
}

/// …2 1 0 0 1 2 … (length − 1) (length − 1) …
private func mirrored(_ position: Int, length: Int) -> Int {
    let period = 2 * length
    let phase = ((position % period) + period) % period
    return phase < length ? phase : period - 1 - phase
}
