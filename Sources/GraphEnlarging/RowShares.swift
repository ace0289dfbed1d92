import GraphCompiler
import GraphRuntime

/// A picture's rows, of which each rank computes a strip: they come together on the first.
struct RowShares {
    let ranks: any RankGroup
    /// Of what the network takes and makes, from the top: one for each rank, or for the first ranks.
    let strips: [RowStrips.Strip]

    /// Rows that go from one rank to another at a time are of so many bytes together, or one.
    private static let pieceByteCount = 4 << 20

    /// Computes a strip on each rank that has one, and gives the rows of all to a sink of the first.
    ///
    /// - Parameters:
    ///   - rowByteCount: of what the network makes.
    ///   - sink: takes all rows, on the first rank alone.
    ///   - makeRows: what keeps the rows of another rank until the first takes them, by their count and the bytes of each.
    ///   - compute: gives the rows of a strip to a sink, counted from its own first one, and ends early where another rank has
    ///     failed.
    func run(
        rowByteCount: Int, to sink: any RowSink, keepingRowsIn makeRows: (Int, Int) throws -> any PartialRows,
        _ compute: (RowStrips.Strip, any RowSink, _ hasFailed: @escaping () -> Bool) throws -> Void
    ) throws {
        let kept = try ranks.together(orThrow: EnlargingError.ofOtherRank) { hasFailed -> (any PartialRows)? in
            guard ranks.rank < strips.count else { return nil }
            let strip = strips[ranks.rank]
            guard !ranks.isFirst else {
                try compute(strip, sink, hasFailed)
                return nil
            }
            let rows = try makeRows(strip.outputRows.count, rowByteCount)
            try compute(strip, ColumnSink(rows, ownBytes: 0..<rowByteCount, firstByte: 0), hasFailed)
            return rows
        }
        try collect(kept, rowByteCount: rowByteCount, to: sink)
    }

    private func collect(_ kept: (any PartialRows)?, rowByteCount: Int, to sink: any RowSink) throws {
        let rowsAtOnce = max(1, Self.pieceByteCount / rowByteCount)
        let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: rowsAtOnce * rowByteCount, alignment: 64)
        defer { piece.deallocate() }
        // A rank that fails goes on to send or to receive: others wait for it.
        var failure: (any Error)?
        func attempt(_ body: () throws -> Void) {
            guard failure == nil else { return }
            do { try body() } catch { failure = error }
        }
        for (sender, strip) in strips.enumerated().dropFirst() {
            for first in stride(from: strip.outputRows.lowerBound, to: strip.outputRows.upperBound, by: rowsAtOnce) {
                let rows = first..<min(first + rowsAtOnce, strip.outputRows.upperBound)
                func bytes(of row: Int) -> UnsafeMutableRawBufferPointer {
                    let start = (row - first) * rowByteCount
                    return UnsafeMutableRawBufferPointer(rebasing: piece[start..<start + rowByteCount])
                }
                if sender == ranks.rank, let kept {
                    attempt { for row in rows { try kept.load(row: row - strip.outputRows.lowerBound, into: bytes(of: row)) } }
                }
                ranks.hand(UnsafeMutableRawBufferPointer(rebasing: piece[..<(rows.count * rowByteCount)]), from: sender)
                if ranks.isFirst { attempt { for row in rows { try sink.take(row: row, from: .init(bytes(of: row))) } } }
            }
        }
        try ranks.together { if let failure { throw failure } }
    }
}

extension RankGroup {
    /// Runs `body` on every rank. Where it throws on one, it does on all, and each knows why.
    func together<Value>(_ body: () throws -> Value) throws -> Value {
        try together(orThrow: EnlargingError.ofOtherRank, body)
    }
}

extension EnlargingError {
    fileprivate static func ofOtherRank(_ rank: Int, message: String) -> any Error { Self.otherRank(rank, message: message) }
}

/// The rows of another source from one on.
final class LaterRowSource: RowSource {
    private let source: any RowSource
    private let firstRow: Int
    private let rowByteCount: Int
    private var isBefore = true

    init(_ source: any RowSource, from firstRow: Int, rowByteCount: Int) {
        self.source = source
        self.firstRow = firstRow
        self.rowByteCount = rowByteCount
    }

    func fill(row: Int, into bytes: UnsafeMutableRawBufferPointer) throws {
        if isBefore {
            let unused = UnsafeMutableRawBufferPointer.allocate(byteCount: rowByteCount, alignment: 64)
            defer { unused.deallocate() }
            for row in 0..<firstRow { try source.fill(row: row, into: unused) }
            isBefore = false
        }
        try source.fill(row: firstRow + row, into: bytes)
    }
}

/// Stands for the result on ranks that have none of it.
final class NoRowSink: RowSink {
    func take(row: Int, from bytes: UnsafeRawBufferPointer) { preconditionFailure("rows come together on the first rank") }
}
