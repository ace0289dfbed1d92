import Glibc

/// A number as C's `printf` writes it: `printed("%.2f", seconds)`.
///
/// - Parameter format: one conversion that fits the number's type, which stands for fewer than 512 characters.
public func printed(_ format: String, _ number: any CVarArg) -> String {
    var bytes = [CChar](repeating: 0, count: 512)
    let count = withVaList([number]) { vsnprintf(&bytes, bytes.count, format, $0) }
    return String(decoding: bytes.prefix(min(Int(count), bytes.count - 1)).map(UInt8.init(bitPattern:)), as: UTF8.self)
}

extension String {
    /// With as many spaces behind it as make it so wide, in characters.
    public func padded(to width: Int) -> String {
        self + String(repeating: " ", count: max(0, width - count))
    }
}
