/// Some rows of one step, of a source or of a sink: what one worker does at a time.
public struct Instruction: Hashable, Sendable {
    /// For what an instruction works.
    public enum Work: Hashable, Sendable {
        /// The caller fills rows of an input.
        case source(BufferID)
        case step(Int)
        /// The caller takes rows of the output with this index in the graph.
        case sink(output: Int, BufferID)
    }

    /// The step, source or sink.
    public var work: Work
    /// Rows of the source's buffer, of the step's first output, or of the sink's buffer.
    public var rows: Range<Int>
    /// What must be done before: what makes the rows that this one reads, and what uses memory which this one
    /// overwrites.
    public var dependencies: [RowDependency] = []
}

/// Every step, source and sink counts the rows that it has done, from its first on. What depends on it waits until the
/// count has come far enough.
public struct RowDependency: Hashable, Sendable {
    /// The step, source or sink whose rows are counted.
    public var work: Instruction.Work
    /// How many of its rows must be done, from the first on.
    public var rowCount: Int

    /// - Parameter rowCount: at least 1.
    public init(_ work: Instruction.Work, rowCount: Int) {
        self.work = work
        self.rowCount = rowCount
    }
}
