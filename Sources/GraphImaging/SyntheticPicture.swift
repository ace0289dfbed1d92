extension Picture {
    /// A picture made from a seed: things of many forms and textures before a background, with sharp edges,
    /// stripes, letters, foliage and soft shade at several scales.
    ///
    /// It stands in for photographs where there are none: a network that learns to enlarge such pictures
    /// passes bicubic on others of them. A seed gives the same picture everywhere, since the arithmetic is
    /// limited to operations that are rounded exactly.
    public init(syntheticWidth width: Int, height: Int, seed: UInt64) {
        let scene = SyntheticScene(width: Double(width), height: Double(height), seed: seed)
        var pixels: [UInt8] = []
        pixels.reserveCapacity(3 * width * height)
        for y in 0..<height {
            for x in 0..<width {
                // The mean of four places in the pixel, so that edges are smooth.
                var sum = SIMD4<Double>(repeating: 0)
                for offset in [(0.125, 0.375), (0.625, 0.125), (0.375, 0.875), (0.875, 0.625)] {
                    sum += scene.color(x: Double(x) + offset.0, y: Double(y) + offset.1)
                }
                for channel in 0..<3 { pixels.append(UInt8(max(0, min(255, 0.25 * sum[channel])).rounded())) }
            }
        }
        self.init(width: width, height: height, pixels: pixels)
    }
}

/// What a synthetic picture shows. Colours are red, green, blue in 0…255 and an unused fourth.
struct SyntheticScene {
    private let background: SyntheticPaint
    /// From the back to the front.
    private let things: [Thing]
    private let light: SyntheticNoise

    init(width: Double, height: Double, seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let size = min(width, height)
        light = SyntheticNoise(random: &random)
        background = SyntheticPaint(random: &random, size: size, isBackground: true)
        // Large things first, so that small ones lie over them.
        let count = Int(24 * max(width, height) / size)
        things = (0..<count).map { index in
            let share = Double(index) / Double(count)
            let reach = size * (0.32 - 0.26 * share) * random.real(in: 0.5...1.2)
            return Thing(
                x: random.real(in: 0...width), y: random.real(in: 0...height), reach: max(2, reach),
                size: size, random: &random)
        }
    }

    func color(x: Double, y: Double) -> SIMD4<Double> {
        var shade = 0.75 + 0.5 * light.fractal(x / 190, y / 190, octaves: 2)
        // From the front: things before the first that covers the place only throw their shadow on it.
        for thing in things.reversed() {
            switch thing.appearance(x, y) {
            case .covers(let color): return color * shade
            case .shades(let share): shade *= share
            }
        }
        return background.color(x, y) * shade
    }
}

/// A painted form somewhere in the scene.
private struct Thing {
    enum Form: CaseIterable { case disc, ring, box, diamond, band, blob }

    let x, y, reach: Double
    /// The direction of the form's first axis, a unit vector.
    let along: (x: Double, y: Double)
    /// Second side over the first.
    let aspect: Double
    let form: Form
    let paint: SyntheticPaint
    let outline: SIMD4<Double>?
    /// Rounded things are darker towards their edge.
    let isRounded: Bool
    let noise: SyntheticNoise

    init(x: Double, y: Double, reach: Double, size: Double, random: inout SeededRandom) {
        self.x = x
        self.y = y
        self.reach = reach
        // A rational point of the unit circle: no sine, whose last bit differs between systems.
        let t = random.real(in: -1...1)
        along = random.chance(0.25) ? (1, 0) : ((1 - t * t) / (1 + t * t), 2 * t / (1 + t * t))
        form = random.element(of: Form.allCases)
        aspect = form == .band ? random.real(in: 0.03...0.15) : random.real(in: 0.4...1)
        paint = SyntheticPaint(random: &random, size: size, isBackground: false)
        isRounded = random.chance(0.5)
        outline = random.chance(0.3) ? random.color(brightness: 10...70) : nil
        noise = SyntheticNoise(random: &random)
    }

    enum Appearance {
        case covers(SIMD4<Double>)
        /// The share of light that reaches what lies behind.
        case shades(Double)
    }

    func appearance(_ pointX: Double, _ pointY: Double) -> Appearance {
        let (dx, dy) = (pointX - x, pointY - y)
        let longest = (form == .band ? 3 : 1.5) * reach + shadowReach
        guard dx * dx + dy * dy < longest * longest else { return .shades(1) }
        let depth = depth(dx, dy)
        guard depth > 0 else {
            let shadowDepth = self.depth(dx - 0.5 * shadowReach, dy - 0.5 * shadowReach)
            return .shades(1 - 0.4 * max(0, min(1, 0.5 + shadowDepth / shadowReach)))
        }
        if let outline, depth < max(1, 0.03 * reach) { return .covers(outline) }
        let color = paint.color(along.x * dx + along.y * dy + reach, along.x * dy - along.y * dx + reach)
        guard isRounded else { return .covers(color) }
        let bulge = min(1, depth / (0.7 * reach * aspect))
        return .covers(color * (0.6 + 0.55 * bulge * (2 - bulge)))
    }

    /// How wide the soft edge of the shadow on what lies behind is.
    private var shadowReach: Double { 2 + 0.08 * reach }

    /// How far inside the form a place lies, in pixels; negative outside.
    private func depth(_ dx: Double, _ dy: Double) -> Double {
        let u = along.x * dx + along.y * dy
        let v = along.x * dy - along.y * dx
        let across = reach * aspect
        let radius = (u * u + v * v / (aspect * aspect)).squareRoot()
        switch form {
        case .disc: return reach - radius
        case .ring: return 0.22 * reach - abs(radius - 0.78 * reach)
        case .box: return min(reach - abs(u), across - abs(v))
        case .diamond: return reach - abs(u) - abs(v) / aspect
        case .band: return min(3 * reach - abs(u), across - abs(v))
        case .blob:
            let swell = noise.fractal(u / (0.7 * reach), v / (0.7 * reach), octaves: 4)
            return reach * (0.45 + 0.9 * swell) - radius
        }
    }
}
