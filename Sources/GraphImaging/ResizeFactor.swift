/// By how much the sides of a picture grow or shrink: an exact ratio of whole numbers, in lowest terms.
public struct ResizeFactor: Hashable, Sendable {
    /// The ratio is numerator over denominator, both positive.
    public let numerator, denominator: Int

    /// The largest factor; the smallest is one over it.
    public static let largest = 1 << 20

    /// The ratio of two whole numbers; nil unless it is positive and not beyond ``largest`` or one over it.
    public init?(_ numerator: Int, over denominator: Int = 1) {
        guard numerator > 0, denominator > 0 else { return nil }
        var (greater, divisor) = (numerator, denominator)
        while greater % divisor != 0 { (greater, divisor) = (divisor, greater % divisor) }
        self.numerator = numerator / divisor
        self.denominator = denominator / divisor
        func isAtMostLargest(_ numerator: Int, over denominator: Int) -> Bool {
            numerator / Self.largest + (numerator % Self.largest == 0 ? 0 : 1) <= denominator
        }
        guard isAtMostLargest(numerator, over: denominator), isAtMostLargest(denominator, over: numerator)
        else { return nil }
    }

    /// The ratio as a floating-point number, rounded once: the `scale` that MATLAB's `imresize` takes.
    public var value: Double { Double(numerator) / Double(denominator) }

    /// What a side of so many pixels becomes: rounded up, as MATLAB does.
    ///
    /// - Precondition: the side is positive and at most ``PNGReader/longestSide``.
    public func side(of side: Int) -> Int {
        let (quotient, remainder) = product(with: side)
        return quotient + (remainder == 0 ? 0 : 1)
    }

    /// What a side of so many pixels becomes where it is rounded to the nearest whole number, halves up; at least 1.
    ///
    /// - Precondition: the side is positive and at most ``PNGReader/longestSide``.
    public func nearestSide(of side: Int) -> Int {
        let (quotient, remainder) = product(with: side)
        return max(1, quotient + (remainder >= denominator - remainder ? 1 : 0))
    }

    private func product(with side: Int) -> (quotient: Int, remainder: Int) {
        // The numerator may be as large as texts have digits, and the product larger than 64 bits.
        denominator.dividingFullWidth(numerator.multipliedFullWidth(by: side))
    }
}

extension ResizeFactor: LosslessStringConvertible {
    /// A factor as people write it: `2`, `0.5`, `1/4` or `2.5/3`; nil for other texts.
    public init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count <= 2, let first = DecimalRatio(parts[0]),
            let second = parts.count == 2 ? DecimalRatio(parts[1]) : DecimalRatio("1")
        else { return nil }
        self.init(first.numerator * second.denominator, over: first.denominator * second.numerator)
    }

    /// As `2` or `1/4`.
    public var description: String { denominator == 1 ? "\(numerator)" : "\(numerator)/\(denominator)" }
}

/// A decimal number of at most nine digits, so that products of two stay whole numbers.
private struct DecimalRatio {
    var numerator: Int
    var denominator = 1

    init?(_ text: some StringProtocol) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        let digits = parts.joined()
        guard parts.count <= 2, 1...9 ~= digits.count, digits.allSatisfy({ $0.isASCII && $0.isNumber }),
            let number = Int(digits)
        else { return nil }
        numerator = number
        if parts.count == 2 { for _ in parts[1] { denominator *= 10 } }
    }
}
