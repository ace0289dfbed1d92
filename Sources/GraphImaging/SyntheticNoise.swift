/// Smooth noise in 0…1 over the plane, with a lattice of independent values one unit apart.
struct SyntheticNoise {
    private let key: UInt64

    init(random: inout SeededRandom) { key = random.next() }

    /// Octaves of half the size and half the height each, 1/f like the spectrum of natural pictures.
    func fractal(_ x: Double, _ y: Double, octaves: Int) -> Double {
        var sum = 0.0, weight = 1.0, total = 0.0, scale = 1.0
        for octave in 0..<octaves {
            sum += weight * smooth(scale * x + 17 * Double(octave), scale * y)
            total += weight
            weight *= 0.5
            scale *= 2
        }
        return sum / total
    }

    /// The lattice's own value at a whole place.
    func lattice(_ x: Int, _ y: Int) -> Double {
        var bits = key ^ UInt64(truncatingIfNeeded: x) &* 0x9E37_79B9_7F4A_7C15
        bits = mixed(bits ^ UInt64(truncatingIfNeeded: y) &* 0xC2B2_AE3D_27D4_EB4F)
        return Double(bits >> 11) * 0x1p-53
    }

    private func smooth(_ x: Double, _ y: Double) -> Double {
        let left = x.rounded(.down), top = y.rounded(.down)
        let i = Int(left), j = Int(top)
        let u = eased(x - left), v = eased(y - top)
        let upper = lattice(i, j) + u * (lattice(i + 1, j) - lattice(i, j))
        let lower = lattice(i, j + 1) + u * (lattice(i + 1, j + 1) - lattice(i, j + 1))
        return upper + v * (lower - upper)
    }

    private func eased(_ t: Double) -> Double { t * t * (3 - 2 * t) }
}

/// SplitMix64: the same numbers from a seed on every system.
///
/// Source: G. Steele et al., Fast splittable pseudorandom number generators, 2014, figure 17.
struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        return mixed(state)
    }

    mutating func real(in range: ClosedRange<Double>) -> Double {
        range.lowerBound + Double(next() >> 11) * 0x1p-53 * (range.upperBound - range.lowerBound)
    }

    mutating func chance(_ probability: Double) -> Bool { real(in: 0...1) < probability }

    mutating func element<Element>(of elements: [Element]) -> Element {
        elements[Int(next() % UInt64(elements.count))]
    }

    /// A colour of stone, wood, leaves, sky, earth, brick, cloth or paint.
    mutating func color(brightness: ClosedRange<Double>) -> SIMD4<Double> {
        let tints: [SIMD4<Double>] = [
            [1, 0.98, 0.94, 0], [1.15, 0.95, 0.72, 0], [0.78, 1.12, 0.5, 0], [0.72, 1, 1.3, 0],
            [1.2, 0.92, 0.66, 0], [1.45, 0.75, 0.6, 0], [0.75, 0.85, 1.35, 0], [1.4, 1.1, 0.4, 0],
        ]
        let jitter = SIMD4(real(in: 0.92...1.08), real(in: 0.92...1.08), real(in: 0.92...1.08), 0)
        return real(in: brightness) * element(of: tints) * jitter
    }
}

private func mixed(_ value: UInt64) -> UInt64 {
    var bits = value
    bits = (bits ^ bits >> 30) &* 0xBF58_476D_1CE4_E5B9
    bits = (bits ^ bits >> 27) &* 0x94D0_49BB_1331_11EB
    return bits ^ bits >> 31
}
