/// A whole tensor in memory as a sink.
public final class TensorSink<Element: BitwiseCopyable>: RowSink {
    /// The elements of all rows that came, one row behind the other.
    public private(set) var values: [Element]

    /// - Parameter count: elements of the whole output.
    public init(count: Int, repeating value: Element) { values = Array(repeating: value, count: count) }

    /// Keeps a row.
    public func take(row: Int, from bytes: UnsafeRawBufferPointer) throws {
        try values.withUnsafeMutableBytes { target in
            let start = row * bytes.count
            guard start + bytes.count <= target.count else {
                throw RuntimeError.shortOutput(byteCount: target.count, row: row)
            }
            UnsafeMutableRawBufferPointer(rebasing: target[start..<start + bytes.count]).copyMemory(from: bytes)
        }
    }
}
