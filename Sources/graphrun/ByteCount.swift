import ArgumentParser

/// A number of bytes as people write it: `200M`, `1.5G`, `65536`, in binary units.
struct ByteCount: ExpressibleByArgument {
    let count: Int

    init?(argument: String) {
        let units: [Character: Double] = ["K": 0x1p10, "M": 0x1p20, "G": 0x1p30, "T": 0x1p40]
        var digits = argument.uppercased()[...]
        for suffix in ["IB", "B"] where digits.hasSuffix(suffix) {
            digits = digits.dropLast(suffix.count)
            break
        }
        var unit = 1.0
        if let last = digits.last, let known = units[last] {
            unit = known
            digits = digits.dropLast()
        }
        guard let number = Double(digits), number >= 0, number * unit < 0x1p60 else { return nil }
        count = Int(number * unit)
    }
}
