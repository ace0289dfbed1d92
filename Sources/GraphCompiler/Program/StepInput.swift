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

extension StepInput {
    /// The rows of the buffer that rows of the step's output need, counted over the batch.
    func rows(for rows: Range<Int>, of step: Step, bufferRowCount: Int) -> Range<Int> {
        guard !rows.isEmpty else { return 0..<0 }
        let imageCount = max(1, step.rowCount / step.imageHeight)
        let operandHeight = bufferRowCount / imageCount
        var union: Range<Int>?
        for chain in rowChains {
            if chain.links.contains(where: { $0.map == .all }) { return 0..<bufferRowCount }
            let firstImage = rows.lowerBound / step.imageHeight
            let lastImage = (rows.upperBound - 1) / step.imageHeight
            let firstRows = chain.operandRows(
                for: rows.lowerBound - firstImage
                    * step.imageHeight..<min(step.imageHeight, rows.upperBound - firstImage * step.imageHeight))
            let lastRows = chain.operandRows(
                for: max(0, rows.lowerBound - lastImage * step.imageHeight)..<rows.upperBound - lastImage * step.imageHeight)
            let needed =
                firstImage * operandHeight
                + firstRows.lowerBound..<max(
                    firstImage * operandHeight + firstRows.lowerBound, lastImage * operandHeight + lastRows.upperBound)
            union = union.map { min($0.lowerBound, needed.lowerBound)..<max($0.upperBound, needed.upperBound) } ?? needed
        }
        return union ?? 0..<0
    }
}

extension RowChain {
    /// Rows within one image.
    fileprivate func operandRows(for rows: Range<Int>) -> Range<Int> {
        links.reduce(rows) { rows, link in link.map.operandRows(for: rows, height: link.operandHeight) }
    }
}
