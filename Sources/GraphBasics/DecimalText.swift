/// `value` with a fixed number of digits after the point, rounded half away from zero.
///
/// Values past ±10¹² and those that are not finite read "inf", "-inf" and "nan".
///
/// - Precondition: `digits` is 0…6.
public func decimal(_ value: Double, digits: Int) -> String {
    precondition(0...6 ~= digits)
    guard abs(value) < 1e12 else { return value.isNaN ? "nan" : value < 0 ? "-inf" : "inf" }
    let unit = (0..<digits).reduce(1) { unit, _ in unit * 10 }
    let units = Int((abs(value) * Double(unit)).rounded())
    let sign = value < 0 && units > 0 ? "-" : ""
    guard digits > 0 else { return "\(sign)\(units)" }
    let fraction = String(units % unit)
    return "\(sign)\(units / unit).\(String(repeating: "0", count: digits - fraction.count))\(fraction)"
}
