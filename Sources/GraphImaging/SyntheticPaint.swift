/// How a thing in a synthetic picture is coloured, from place to place in pixels.
struct SyntheticPaint {
    enum Texture: CaseIterable { case plain, gradient, stripes, checks, bricks, letters, foliage, grain, rings }

    private let texture: Texture
    private let first: SIMD4<Double>
    private let second: SIMD4<Double>
    /// Pixels after which the texture repeats, or the size of its largest detail.
    private let period: Double
    /// Share of the period that has the first colour.
    private let share: Double
    private let size: Double
    private let noise: SyntheticNoise
    private let text: [[UInt8]]

    init(random: inout SeededRandom, size: Double, isBackground: Bool) {
        let backgrounds: [Texture] = [.gradient, .gradient, .bricks, .foliage, .grain, .letters]
        texture = random.element(of: isBackground ? backgrounds : Texture.allCases)
        first = random.color(brightness: 25...120)
        second = random.color(brightness: 110...220)
        // Small details are as common as large ones: the logarithm of the period is even.
        var period = random.real(in: 6...12)
        if random.chance(0.5) { period *= 2 }
        if random.chance(0.25) { period *= 2 }
        self.period = period
        share = random.real(in: 0.3...0.7)
        self.size = size
        noise = SyntheticNoise(random: &random)
        text = (0..<24).map { _ in
            BitmapFont.rows(of: random.element(of: Array("ABCDEFGHKLMNPRSTUVXYZabdefghknorstuvxyz023456789&?!")))
        }
    }

    func color(_ u: Double, _ v: Double) -> SIMD4<Double> {
        // Nothing in a photograph is quite even.
        let variation = 0.9 + 0.2 * noise.fractal(u / 40, v / 40, octaves: 4)
        return blend(amount(u, v)) * variation
    }

    private func blend(_ amount: Double) -> SIMD4<Double> { first + amount * (second - first) }

    /// 0 for the first colour, 1 for the second.
    private func amount(_ u: Double, _ v: Double) -> Double {
        switch texture {
        case .plain: return 0.5
        case .gradient: return max(0, min(1, v / size + 0.1))
        case .stripes: return phase(u) < share ? 0 : 1
        case .checks: return (phase(u) < 0.5) == (phase(v) < 0.5) ? 0 : 1
        case .bricks:
            let course = (v / period).rounded(.down)
            let shift = course.truncatingRemainder(dividingBy: 2) == 0 ? 0 : period
            let isJoint = phase(v) < 0.14 || phase((u + shift) / 2) < 0.07
            if isJoint { return 1 }
            let brick = ((u + shift) / (2 * period)).rounded(.down)
            return 0.5 * noise.lattice(Int(brick), Int(course))
        case .letters: return isInked(u, v) ? 0 : 1
        case .foliage:
            // Leaves are where fine noise passes a threshold that coarse noise moves.
            let coarse = noise.fractal(u / (4 * period), v / (4 * period), octaves: 2)
            let fine = noise.fractal(u / period + 57, v / period, octaves: 3)
            return fine > 0.35 + 0.3 * coarse ? 0.35 + 0.65 * fine : 0.3 * fine
        case .grain: return noise.fractal(u / (6 * period), v / period, octaves: 5)
        case .rings:
            let wave = period * noise.fractal(u / 30, v / 30, octaves: 2)
            return phase((u * u + v * v).squareRoot() + wave) < share ? 0 : 1
        }
    }

    /// Place within the period, 0 up to 1.
    private func phase(_ value: Double) -> Double {
        value / period - (value / period).rounded(.down)
    }

    private func isInked(_ u: Double, _ v: Double) -> Bool {
        // The strokes are a fifth of the period wide, and not less than a pixel and a half.
        let stroke = max(1.5, 0.2 * period)
        let column = Int((u / stroke).rounded(.down)), row = Int((v / stroke).rounded(.down))
        let advance = BitmapFont.advance, lineHeight = BitmapFont.glyphHeight + 2
        let glyphColumn = remainder(column, advance), glyphRow = remainder(row, lineHeight)
        guard glyphColumn < BitmapFont.glyphWidth, glyphRow < BitmapFont.glyphHeight else { return false }
        let glyph = remainder((column - glyphColumn) / advance + 7 * ((row - glyphRow) / lineHeight), text.count)
        return text[glyph][glyphRow] >> (BitmapFont.glyphWidth - 1 - glyphColumn) & 1 == 1
    }

    private func remainder(_ value: Int, _ divisor: Int) -> Int {
        let remainder = value % divisor
        return remainder < 0 ? remainder + divisor : remainder
    }
}
