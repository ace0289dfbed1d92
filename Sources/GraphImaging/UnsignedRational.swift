/// A fraction as TIFF 6.0 and Exif have it, section 2: 32 bits over 32 bits, without signs.
struct UnsignedRational: Hashable, Sendable {
    var numerator: Int
    var denominator: Int

    /// nil where it is no number.
    var value: Double? { denominator == 0 ? nil : Double(numerator) / Double(denominator) }

    /// The product, as near as 32 bits allow; the greatest there is where it is beyond. What tells no number, or 0, stays.
    ///
    /// - Precondition: the scale is positive and finite.
    func scaled(by scale: Double) -> UnsignedRational {
        precondition(scale > 0 && scale.isFinite)
        guard numerator > 0, denominator > 0 else { return self }
        let greatest = Int(UInt32.max)
        let exact = Double(numerator) * scale
        if exact <= Double(greatest), exact == exact.rounded() {
            return UnsignedRational(numerator: Int(exact), denominator: denominator)
        }
        let value = exact / Double(denominator)
        guard value < Double(greatest) else { return UnsignedRational(numerator: greatest, denominator: 1) }
        // People read these: a power of ten makes of 72 × 1.3 no odd fraction.
        var power = 1
        while power < 1_000_000_000, value * Double(power * 10) <= Double(greatest) { power *= 10 }
        return UnsignedRational(numerator: max(1, Int((value * Double(power)).rounded())), denominator: power)
    }
}
