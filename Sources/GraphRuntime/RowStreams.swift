/// Hands rows of an input to a session, in order, each once per run.
///
/// A session calls it from its workers, one call at a time.
public protocol RowSource: AnyObject {
    /// Fills the next rows. The buffer holds exactly one row of W·C elements, `u8` or `f32`.
    ///
    /// - Throws: anything; the run ends with the error.
    func fill(row: Int, into bytes: UnsafeMutableRawBufferPointer) throws
}

/// Takes rows of an output from a session, in order, each once per run.
public protocol RowSink: AnyObject {
    /// Takes the next row: W·C elements, `u8` or `f32`, which are there during the call alone. What it throws ends
    /// the run.
    func take(row: Int, from bytes: UnsafeRawBufferPointer) throws
}

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
