/// A count with commas between thousands: `1,517,571`.
public func readable(count: Int) -> String {
    let digits = Array(String(count.magnitude))
    let grouped = digits.enumerated().map { index, digit in
        index > 0 && (digits.count - index) % 3 == 0 ? ",\(digit)" : "\(digit)"
    }
    return (count < 0 ? "-" : "") + grouped.joined()
}

/// A count and its noun: `1 weight`, `2 weights`.
public func readable(count: Int, _ noun: String) -> String {
    "\(readable(count: count)) \(noun)\(count == 1 ? "" : "s")"
}

/// Bytes in the binary unit that leaves at most four digits: `512 bytes`, `5.8 MiB`.
public func readable(byteCount: Int) -> String {
    if byteCount < 1024 { return readable(count: byteCount, "byte") }
    var amount = Double(byteCount) / 1024
    var units = ["KiB", "MiB", "GiB", "TiB"][...]
    while amount >= 1000, units.count > 1 {
        amount /= 1024
        units = units.dropFirst()
    }
    return "\((amount * 10).rounded() / 10) \(units.first ?? "")"
}
