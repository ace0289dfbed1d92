import GraphIR

/// What a step reads, and which rows of it.
public struct StepInput: Hashable, Sendable {
    /// What is read.
    public var buffer: BufferID
    /// Which rows of the buffer some rows of the output need, through each path inside the group.
    public var rowChains: [RowChain]

    /// The whole buffer, whatever the rows.
    public static func whole(_ buffer: BufferID) -> StepInput {
        StepInput(buffer: buffer, rowChains: [RowChain(links: [RowLink(map: .all, operandHeight: 0)])])
    }
}

/// Row maps from a group's result back to one of its operands.
public struct RowChain: Hashable, Sendable {
    /// From the result back to the operand.
    public var links: [RowLink]
}

/// One operation's part of a ``RowChain``.
public struct RowLink: Hashable, Sendable {
    /// Which rows of the operand rows of the result need.
    public var map: RowMap
    /// Rows of one image of the operand.
    public var operandHeight: Int
}
