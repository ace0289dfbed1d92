import GraphBasics

/// One axis of a chart: the values it spans, where they lie, and the round values that are marked.
struct Axis {
    /// Where the axis starts and ends on the page.
    let start: Double
    let end: Double
    let ticks: [Double]

    private let range: ClosedRange<Double>
    private let digits: Int

    /// An axis over finite `values`; 0…1 where there are none.
    ///
    /// - Parameter padded: Whether a little room is left past the least and greatest values.
    init(values: [Double], padded: Bool, from start: Double, to end: Double) {
        self.start = start
        self.end = end
        var least = max(-1e11, values.min() ?? 0), greatest = min(1e11, values.max() ?? 1)
        if least >= greatest {
            let middle = min(1e11, max(-1e11, least))
            let room = max(0.5, abs(middle) * 0.01)
            (least, greatest) = (middle - room, middle + room)
        } else if padded {
            let room = 0.06 * (greatest - least)
            (least, greatest) = (least - room, greatest + room)
        }
        range = least...greatest
        let step = Self.step(span: greatest - least)
        digits = step.digits
        let first = (least / step.size).rounded(.up), last = (greatest / step.size).rounded(.down)
        ticks = stride(from: first, through: last, by: 1).map { $0 * step.size }
    }

    func position(_ value: Double) -> Double {
        let share = (value - range.lowerBound) / (range.upperBound - range.lowerBound)
        return start + share * (end - start)
    }

    func text(_ tick: Double) -> String { decimal(tick, digits: digits) }

    /// The least of 1, 2 and 5 times a power of ten that marks the span at most seven times.
    private static func step(span: Double) -> (size: Double, digits: Int) {
        for exponent in -6...12 {
            let power = (0..<abs(exponent)).reduce(1.0) { power, _ in power * 10 }
            for factor in [1.0, 2, 5] {
                let size = exponent < 0 ? factor / power : factor * power
                if span / size <= 7 { return (size, max(0, -exponent)) }
            }
        }
        return (span, 0)
    }
}
