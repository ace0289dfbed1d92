/// Columns of text, each as wide as its widest cell, the first two to the left and numbers to the right.
public func aligned(_ rows: [[String]]) -> String {
    let widths = (0..<(rows.first?.count ?? 0)).map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
        var line = zip(row, widths).enumerated().map { column, cell in
            let space = String(repeating: " ", count: cell.1 - cell.0.count)
            return column < 2 ? cell.0 + space : space + cell.0
        }.joined(separator: "  ")
        while line.last == " " { line.removeLast() }
        return line
    }.joined(separator: "\n")
}

/// As `83.1%`.
public func percent(_ ratio: Double) -> String {
    let tenths = (ratio * 1000).rounded()
    guard tenths.isFinite, abs(tenths) < 1e15 else { return "\(ratio)" }
    return "\(Int(tenths) / 10).\(abs(Int(tenths) % 10))%"
}

/// A small number in three digits, as `1.23e-05`.
public func shortText(_ number: Float) -> String {
    guard number.isFinite, number != 0 else { return "\(number)" }
    var exponent = 0
    var mantissa = Double(abs(number))
    while mantissa >= 9.995 {
        mantissa /= 10
        exponent += 1
    }
    while mantissa < 0.9995 {
        mantissa *= 10
        exponent -= 1
    }
    let hundredths = Int((mantissa * 100).rounded())
    let fraction = hundredths % 100
    return "\(number < 0 ? "-" : "")\(hundredths / 100).\(fraction < 10 ? "0" : "")\(fraction)e\(exponent)"
}
