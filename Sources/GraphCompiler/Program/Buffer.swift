import GraphBasics
import GraphIR
import GraphKernelInterface

/// Memory for one value, or for what one step makes for another.
public struct Buffer: Hashable, Sendable {
    /// What a buffer holds.
    public enum Role: Hashable, Sendable {
        /// A value of the graph.
        case value(ValueID)
        /// A filter as the kernel of the next step reads it.
        case packedFilter
        /// Sums of parts, which the next step sums up.
        case partialSums
    }

    /// Where a buffer lies.
    public enum Storage: Hashable, Sendable {
        /// A weight or state, by path; belongs to the parameter store.
        case parameter(path: String)
        /// A number that the caller gives each run.
        case scalar
        /// At `offset` bytes in the arena.
        case arena(offset: Int)
        /// At `offset` bytes in the memory that preparation fills.
        case prepared(offset: Int)
    }

    /// That of its value, or of the step that it serves with what it is behind it: `s3_filter`.
    public var name: String
    /// What it holds.
    public var role: Role
    /// Where it lies.
    public var storage: Storage
    /// All its rows, whether they exist at one time or not.
    public var rows: RowLayout
    /// How many rows exist at a time: all, or the latest.
    public var rowCapacity: Int
    /// The buffer whose place this one takes, row by row as the step that makes it reads the one and writes the other.
    public var inPlaceOf: BufferID?

    /// The value that it holds; nil for what is none of the graph's.
    public var value: ValueID? { if case .value(let value) = role { value } else { nil } }

    /// Whether it holds a value of the graph.
    var holdsValue: Bool { value != nil }

    /// From one row to the next: whole cache lines where rows are the runtime's own.
    public var rowByteStride: Int {
        switch storage {
        case .parameter, .scalar: rows.rowByteCount
        case .arena, .prepared: rows.rowCount == 1 ? rows.rowByteCount : rows.rowByteCount.roundedUp(to: 64)
        }
    }

    /// Bytes of the rows that exist at a time: whole cache lines.
    public var byteCount: Int { (rowCapacity * rowByteStride).roundedUp(to: 64) }

    /// Bytes from the start of the memory that the buffer lies in.
    var offset: Int {
        switch storage {
        case .arena(let offset), .prepared(let offset): offset
        case .parameter, .scalar: 0
        }
    }

    /// Whether it is a weight or state.
    var isParameter: Bool { if case .parameter = storage { true } else { false } }

    var isInArena: Bool { if case .arena = storage { true } else { false } }
}

/// Index in ``Program/buffers``.
public struct BufferID: Hashable, Sendable {
    /// Counted from 0.
    public var index: Int
}
