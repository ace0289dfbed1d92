import GraphBasics

/// How far a run has come, in figures and words.
struct BatchProgress {
    /// From 0 to 1.
    let fraction: Double
    /// Of results.
    let pixels: Int
    /// Seconds.
    let elapsed: Double

    init(_ fraction: Double, pixels: Int, elapsed: Double) {
        self.fraction = fraction
        self.pixels = pixels
        self.elapsed = elapsed
    }

    /// Nil where too little is done to tell.
    var secondsLeft: Double? { fraction > 0.001 ? elapsed * (1 - fraction) / fraction : nil }

    /// `12%`, `24.3 Mpx`, `1.9 Mpx/s`, `3 min left`
    var words: [String] {
        let megapixels = Double(pixels) / 1e6
        let words = [
            "\(Int(100 * fraction))%", "\(decimal(megapixels, digits: 1)) Mpx",
            "\(decimal(elapsed > 0 ? megapixels / elapsed : 0, digits: 2)) Mpx/s",
        ]
        return words + (secondsLeft.map { ["\(Self.readable(seconds: $0)) left"] } ?? [])
    }

    /// `[=====>    ]`
    func bar(width: Int) -> String {
        let filled = Int(fraction * Double(width))
        return "[" + String(repeating: "=", count: filled) + (filled < width ? ">" : "")
            + String(repeating: " ", count: max(0, width - filled - 1)) + "]"
    }

    /// `8 s`, `3 min`, `2 h 5 min`
    static func readable(seconds: Double) -> String {
        let seconds = Int(seconds.rounded(.up))
        if seconds < 100 { return "\(seconds) s" }
        let minutes = (seconds + 30) / 60
        return minutes < 100 ? "\(minutes) min" : "\(minutes / 60) h \(minutes % 60) min"
    }
}
