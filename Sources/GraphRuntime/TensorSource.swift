/// A whole tensor in memory as a source. The values may be replaced between runs.
public final class TensorSource<Element: BitwiseCopyable>: RowSource {
    /// The elements of all rows, one row behind the other.
    public var values: [Element]

    /// Gives these elements, row by row.
    public init(_ values: [Element]) { self.values = values }

    /// Copies a row.
    public func fill(row: Int, into bytes: UnsafeMutableRawBufferPointer) throws {
        try values.withUnsafeBytes { source in
            let start = row * bytes.count
            guard start + bytes.count <= source.count else {
                throw RuntimeError.shortInput(byteCount: source.count, row: row)
            }
            bytes.copyMemory(from: UnsafeRawBufferPointer(rebasing: source[start..<start + bytes.count]))
        }
    }
}
