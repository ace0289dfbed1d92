import GraphIR

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
        case .constant(let number):
            return Array(repeating: Float(number), count: count)
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
