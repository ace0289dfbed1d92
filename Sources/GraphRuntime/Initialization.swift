import GraphIR

#if canImport(Glibc)
    import Glibc
#endif

extension Initializer {
    /// The first values of a tensor: a function of seed, path and shape, whatever else the model holds.
    func values(shape: [Int], path: String, seed: UInt64) -> [Float] {
        let count = shape.reduce(1, *)
        // A filter [height, width, in, out] reaches height·width·in inputs from each output.
        let window = shape.count > 2 ? shape.dropLast(2).reduce(1, *) : 1
        let fanIn = Double(window * (shape.count > 1 ? shape[shape.count - 2] : shape.last ?? 1))
        let fanOut = Double(window * (shape.last ?? 1))
        var generator = SplitMix64(seed: seed ^ fingerprint(of: path))
        switch self {
        case .zeros:
            return Array(repeating: 0, count: count)
        case .ones:
            return Array(repeating: 1, count: count)
        case .glorotUniform:
            let bound = (6 / (fanIn + fanOut)).squareRoot()
            return (0..<count).map { _ in Float((2 * generator.nextUnit() - 1) * bound) }
        case .heNormal:
            let deviation = (2 / fanIn).squareRoot()
            return (0..<count).map { _ in Float(generator.nextNormal() * deviation) }
        }
    }

    /// FNV-1a, 64 bits.
    private func fingerprint(of text: String) -> UInt64 {
        text.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    }
}

/// A small generator with one word of state (Steele, Lea and Flood, "Fast splittable pseudorandom
/// number generators", OOPSLA 2014, figure 17).
public struct SplitMix64: RandomNumberGenerator, Hashable, Sendable {
    public var state: UInt64

    public init(seed: UInt64) { state = seed }

    public mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }

    /// Uniform in [0, 1), with 53 random bits.
    public mutating func nextUnit() -> Double { Double(next() >> 11) * 0x1p-53 }

    /// Normal with mean 0 and deviation 1 (Box and Muller, 1958).
    public mutating func nextNormal() -> Double {
        let radius = (-2 * log(1 - nextUnit())).squareRoot()
        return radius * cos(2 * Double.pi * nextUnit())
    }
}
