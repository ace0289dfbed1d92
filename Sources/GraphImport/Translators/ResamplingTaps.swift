/// Of which elements along an axis those of a resized one are made, and with what weights: ONNX's `Resize` for one axis.
struct ResamplingTaps {
    enum Mode: String {
        case nearest, linear, cubic
    }

    var mode: Mode
    /// `coordinate_transformation_mode`.
    var places: String
    /// `nearest_mode`.
    var rounding = "round_prefer_floor"
    /// Keys' a.
    var cubicCoefficient = -0.75
    /// Whether what becomes smaller is filtered.
    var filtersFirst = false
    /// Whether what lies outside has no weight; else the outermost element stands for it.
    var leavesOutOutside = false

    static let knownPlaces: Set<String> = [
        "half_pixel", "half_pixel_symmetric", "pytorch_half_pixel", "align_corners", "asymmetric",
    ]

    /// Where an element of the result lies among those of the operand.
    func place(_ index: Int, of resizedSize: Int, size: Int, factor: Double) -> Double {
        let centre = (Double(index) + 0.5) / factor - 0.5
        switch places {
        case "align_corners":
            return resizedSize == 1 ? 0 : Double(index) * Double(size - 1) / (factor * Double(size) - 1)
        case "asymmetric": return Double(index) / factor
        case "half_pixel_symmetric":
            let surplus = 1 - Double(resizedSize) / (factor * Double(size))
            return Double(size) / 2 * surplus + centre
        case "pytorch_half_pixel": return resizedSize == 1 ? -0.5 : centre
        default: return centre
        }
    }

    /// Elements by their distance from the one below a place, with their weights, whose sum is one.
    func taps(at place: Double, factor: Double) -> [(offset: Int, weight: Double)] {
        let share = place - place.rounded(.down)
        let scale = filtersFirst ? min(factor, 1) : 1
        func weighted(_ reach: Double, _ weight: (Double) -> Double) -> [(offset: Int, weight: Double)] {
            let first = Int((-reach / scale).rounded(.down)) + 1, last = 1 - first
            let taps = (first...last).map { (offset: $0, weight: weight(abs((Double($0) - share) * scale))) }
            let sum = taps.reduce(0) { $0 + $1.weight }
            return taps.map { ($0.offset, $0.weight / sum) }
        }
        switch mode {
        case .nearest:
            let isUp =
                switch rounding {
                case "floor": false
                case "ceil": share > 0
                case "round_prefer_ceil": share >= 0.5
                default: share > 0.5
                }
            return [(isUp ? 1 : 0, 1)]
        case .linear: return weighted(1) { max(0, 1 - $0) }
        case .cubic:
            let a = cubicCoefficient
            return weighted(2) { x in
                if x <= 1 { return ((a + 2) * x - (a + 3)) * x * x + 1 }
                return x < 2 ? ((x - 5) * x + 8) * x * a - 4 * a : 0
            }
        }
    }

    /// The matrix that makes a resized axis, row by row.
    func matrix(_ size: Int, to resizedSize: Int, factor: Double) -> [Float] {
        var matrix = [Float](repeating: 0, count: resizedSize * size)
        for index in 0..<resizedSize {
            let place = place(index, of: resizedSize, size: size, factor: factor)
            let below = Int(place.rounded(.down))
            var taps = taps(at: place, factor: factor)
            if leavesOutOutside {
                taps.removeAll { !(0..<size).contains(below + $0.offset) }
                let sum = taps.reduce(0) { $0 + $1.weight }
                taps = taps.map { ($0.offset, $0.weight / sum) }
            }
            for tap in taps {
                let source = min(max(below + tap.offset, 0), size - 1)
                matrix[index * size + source] += Float(tap.weight)
            }
        }
        return matrix
    }
}
