extension Picture {
    /// A made-up graphic from a seed: flat, often saturated colours, panels and discs with sharp edges, parallel lines,
    /// checks and lines of letters, as on screens, signs and drawings.
    ///
    /// It stands in for what photographs do not show a network. A seed gives the same picture everywhere, since the
    /// arithmetic is limited to operations that are rounded exactly.
    public init(syntheticGraphicWidth width: Int, height: Int, seed: UInt64) {
        let graphic = SyntheticGraphic(width: Double(width), height: Double(height), seed: seed)
        var pixels: [UInt8] = []
        pixels.reserveCapacity(3 * width * height)
        for y in 0..<height {
            for x in 0..<width {
                let color = graphic.color(x: Double(x) + 0.5, y: Double(y) + 0.5)
                for channel in 0..<3 { pixels.append(UInt8(color[channel].rounded())) }
            }
        }
        self.init(width: width, height: height, pixels: pixels)
    }
}

/// Things of two flat colours each, one before the other. Edges are smooth over one pixel.
private struct SyntheticGraphic {
    private let background: SIMD4<Double>
    /// From the back to the front.
    private let things: [Thing]

    init(width: Double, height: Double, seed: UInt64) {
        var random = SeededRandom(seed: seed)
        background = random.flatColor()
        let size = min(width, height)
        let count = Int(14 * max(width, height) / size)
        things = (0..<count).map { index in
            // Large things first, so that small ones lie over them.
            let reach = size * (0.45 - 0.3 * Double(index) / Double(count)) * random.real(in: 0.4...1)
            return Thing(
                x: random.real(in: 0...width), y: random.real(in: 0...height), reach: max(4, reach), random: &random)
        }
    }

    func color(x: Double, y: Double) -> SIMD4<Double> {
        things.reduce(background) { color, thing in thing.color(x, y, over: color) }
    }
}

private struct Thing {
    enum Form { case panel, disc, diamond }
    enum Fill: CaseIterable { case plain, lines, checks, letters }

    private let x, y, reach, aspect: Double
    /// The direction of the thing's first axis, a unit vector; most stand upright.
    private let along: (x: Double, y: Double)
    private let form: Form
    private let fill: Fill
    private let first: SIMD4<Double>
    private let second: SIMD4<Double>
    /// Pixels after which lines, checks and lines of text repeat.
    private let period: Double
    /// Share of the period that has the second colour.
    private let share: Double
    private let letters: [SyntheticLetter]

    init(x: Double, y: Double, reach: Double, random: inout SeededRandom) {
        self.x = x
        self.y = y
        self.reach = reach
        // A rational point of the unit circle: no sine, whose last bit differs between systems.
        let t = random.real(in: -1...1)
        along = random.chance(0.6) ? (1, 0) : ((1 - t * t) / (1 + t * t), 2 * t / (1 + t * t))
        aspect = random.real(in: 0.3...1)
        form = random.element(of: [.panel, .panel, .disc, .diamond])
        fill = random.element(of: Fill.allCases)
        first = random.flatColor()
        second = random.flatColor()
        // Small details are as common as large ones: the logarithm of the period is even.
        var period = random.real(in: 5...10)
        if random.chance(0.6) { period *= 2 }
        if random.chance(0.3) { period *= 2 }
        self.period = fill == .letters ? 2.5 * period : period
        share = random.real(in: 0.2...0.8)
        letters = (0..<17).map { _ in SyntheticLetter(random: &random) }
    }

    /// What stands at a place, where `behind` is what stood there.
    func color(_ pointX: Double, _ pointY: Double, over behind: SIMD4<Double>) -> SIMD4<Double> {
        let (dx, dy) = (pointX - x, pointY - y)
        guard dx * dx + dy * dy < 2.1 * (reach + 1) * (reach + 1) else { return behind }
        let u = along.x * dx + along.y * dy, v = along.x * dy - along.y * dx
        let cover = coverage(depth(u, v))
        guard cover > 0 else { return behind }
        return mix(behind, mix(first, second, inked(u + 2 * reach, v + 2 * reach)), cover)
    }

    /// How far inside the form a place lies, in pixels; negative outside.
    private func depth(_ u: Double, _ v: Double) -> Double {
        switch form {
        case .panel: min(reach - abs(u), reach * aspect - abs(v))
        case .disc: reach * aspect - (u * u + v * v).squareRoot()
        case .diamond: (reach - abs(u) - abs(v) / aspect) * aspect
        }
    }

    /// The share of the second colour.
    private func inked(_ u: Double, _ v: Double) -> Double {
        switch fill {
        case .plain: return 0
        case .lines: return coverage(share * period / 2 - abs(offset(v)))
        case .checks:
            let across = coverage(period / 4 - abs(offset(u))), down = coverage(period / 4 - abs(offset(v)))
            return across + down - 2 * across * down
        case .letters:
            // A letter is as high as half of its line, and three quarters as wide.
            let height = period / 2, advance = 0.6 * period
            let column = (u / advance).rounded(.down), row = (v / period).rounded(.down)
            let letter = letters[(Int(column) &+ 7 &* Int(row)) % letters.count]
            let distance = letter.distance((u - column * advance) / height - 0.15, (v - row * period) / height - 0.5)
            // Strokes are from a tenth to a fourth of the height.
            return coverage(height * (0.05 + 0.08 * share - distance))
        }
    }

    /// How far a place lies from the middle of the period it lies in.
    private func offset(_ value: Double) -> Double { value - period * ((value / period).rounded(.down) + 0.5) }
}

/// Strokes that look like a letter of some script, in a box of 0.75 by 1.
private struct SyntheticLetter {
    private enum Stroke: CaseIterable {
        case left, right, middle, top, bar, bottom, falling, rising, ring, bowl, hook
    }

    private let strokes: [Stroke]

    init(random: inout SeededRandom) {
        // One in eight is the space between words.
        strokes = random.chance(0.125) ? [] : (0..<3).map { _ in random.element(of: Stroke.allCases) }
    }

    /// From the middle of the nearest stroke.
    func distance(_ x: Double, _ y: Double) -> Double {
        strokes.reduce(2) { nearest, stroke in min(nearest, distance(x, y, to: stroke)) }
    }

    private func distance(_ x: Double, _ y: Double, to stroke: Stroke) -> Double {
        switch stroke {
        case .left: line(x, y, (0, 0), (0, 1))
        case .right: line(x, y, (0.6, 0), (0.6, 1))
        case .middle: line(x, y, (0.3, 0), (0.3, 1))
        case .top: line(x, y, (0, 0), (0.6, 0))
        case .bar: line(x, y, (0, 0.5), (0.6, 0.5))
        case .bottom: line(x, y, (0, 1), (0.6, 1))
        case .falling: line(x, y, (0, 0), (0.6, 1))
        case .rising: line(x, y, (0, 1), (0.6, 0))
        case .ring: abs(length(x - 0.3, y - 0.7) - 0.3)
        case .bowl where x > 0.3: abs(length(x - 0.3, y - 0.3) - 0.3)
        case .bowl: min(line(x, y, (0, 0), (0.3, 0)), line(x, y, (0, 0.6), (0.3, 0.6)))
        case .hook where y > 0.7: abs(length(x - 0.3, y - 0.7) - 0.3)
        case .hook: min(line(x, y, (0, 0.2), (0, 0.7)), line(x, y, (0.6, 0.2), (0.6, 0.7)))
        }
    }

    private func line(_ x: Double, _ y: Double, _ begin: (Double, Double), _ end: (Double, Double)) -> Double {
        let (sideX, sideY) = (end.0 - begin.0, end.1 - begin.1)
        let share = ((x - begin.0) * sideX + (y - begin.1) * sideY) / (sideX * sideX + sideY * sideY)
        let along = max(0, min(1, share))
        return length(x - begin.0 - along * sideX, y - begin.1 - along * sideY)
    }

    private func length(_ x: Double, _ y: Double) -> Double { (x * x + y * y).squareRoot() }
}

/// How much of a pixel an edge leaves, so many pixels inside.
private func coverage(_ depth: Double) -> Double { max(0, min(1, depth + 0.5)) }

private func mix(_ first: SIMD4<Double>, _ second: SIMD4<Double>, _ share: Double) -> SIMD4<Double> {
    first + share * (second - first)
}

extension SeededRandom {
    /// Black, white, a grey, or a colour whose channels are mostly full or empty.
    fileprivate mutating func flatColor() -> SIMD4<Double> {
        if chance(0.15) { return SIMD4(0, 0, 0, 0) }
        if chance(0.2) { return SIMD4(255, 255, 255, 0) }
        if chance(0.15) { return SIMD4(repeating: real(in: 0...255).rounded()) }
        return SIMD4(channel(), channel(), channel(), 0)
    }

    private mutating func channel() -> Double {
        chance(0.7) ? element(of: [0, 255]) : real(in: 0...255).rounded()
    }
}
