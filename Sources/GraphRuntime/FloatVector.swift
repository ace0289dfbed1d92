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

    /// A sink that puts an output of so many numbers behind the first `offset` of them, or adds them to those that lie there.
    public func sink(at offset: Int, count: Int, adds: Bool = false) -> any RowSink {
        precondition(offset >= 0 && count >= 0 && offset + count <= values.count, "the output lies in the vector")
        return Sink(vector: self, range: offset..<offset + count, adds: adds)
    }

    private final class Sink: RowSink {
        private let vector: FloatVector
        private let range: Range<Int>
        private let adds: Bool

        init(vector: FloatVector, range: Range<Int>, adds: Bool) {
            self.vector = vector
            self.range = range
            self.adds = adds
        }

        func take(row: Int, from bytes: UnsafeRawBufferPointer) throws {
            let numbers = UnsafeMutableBufferPointer(mutating: bytes.assumingMemoryBound(to: Float.self))
            guard (row + 1) * numbers.count <= range.count else {
                throw RuntimeError.shortOutput(byteCount: range.count * 4, row: row)
            }
            let first = range.lowerBound + row * numbers.count
            let target = UnsafeMutableBufferPointer(rebasing: vector.values[first..<first + numbers.count])
            if adds { target.add(numbers) } else { target.copy(numbers) }
        }
    }
}
