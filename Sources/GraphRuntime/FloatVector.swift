/// Numbers in memory that never moves, one behind the other, zero at first.
public final class FloatVector: @unchecked Sendable {
    /// All of them; there as long as the vector is.
    public let values: UnsafeMutableBufferPointer<Float>
    private let memory: AlignedMemory

    /// - Throws: when memory runs out.
    public init(count: Int) throws(RuntimeError) {
        memory = try AlignedMemory(byteCount: count * 4)
        values = UnsafeMutableBufferPointer(
            start: memory.base.bindMemory(to: Float.self, capacity: count), count: count)
    }

    /// A sink that puts an output of so many numbers behind the first `offset` of them.
    public func sink(at offset: Int, count: Int) -> any RowSink {
        precondition(offset >= 0 && count >= 0 && offset + count <= values.count, "the output lies in the vector")
        return Sink(vector: self, range: offset..<offset + count)
    }

    private final class Sink: RowSink {
        private let vector: FloatVector
        private let range: Range<Int>

        init(vector: FloatVector, range: Range<Int>) {
            self.vector = vector
            self.range = range
        }

        func take(row: Int, from bytes: UnsafeRawBufferPointer) throws {
            let target = UnsafeMutableRawBufferPointer(UnsafeMutableBufferPointer(rebasing: vector.values[range]))
            guard (row + 1) * bytes.count <= target.count else {
                throw RuntimeError.shortOutput(byteCount: target.count, row: row)
            }
            UnsafeMutableRawBufferPointer(rebasing: target[row * bytes.count..<(row + 1) * bytes.count]).copyMemory(from: bytes)
        }
    }
}
