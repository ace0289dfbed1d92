import GraphImaging
import GraphRuntime

/// How a picture is covered by tiles of one size, which overlap, for a network that takes no other.
///
/// What a network makes near a tile's border it makes without what lies beyond: of two tiles that overlap each gives the half
/// on its side.
struct Tiles {
    /// Of each tile's pixels.
    let size: PictureSize
    /// From top to bottom, and from left to right.
    let rows: [Span], columns: [Span]

    /// The lines of a tile, and those of them that are its own.
    struct Span: Hashable {
        let lines: Range<Int>, ownLines: Range<Int>
    }

    /// - Parameter whole: at least as large as a tile.
    init(of whole: PictureSize, size: PictureSize) {
        self.size = size
        rows = Self.spans(of: whole.height, size: size.height)
        columns = Self.spans(of: whole.width, size: size.width)
    }

    var count: Int { rows.count * columns.count }

    /// Neighbours overlap by a quarter of a tile or more.
    private static func spans(of length: Int, size: Int) -> [Span] {
        let overlap = size / 4
        let count = length <= size ? 1 : (length - overlap + size - overlap - 1) / (size - overlap)
        let starts = (0..<count).map { count == 1 ? 0 : $0 * (length - size) / (count - 1) }
        let cuts = [0] + zip(starts.dropFirst(), starts).map { next, start in (next + start + size) / 2 } + [length]
        return starts.indices.map { Span(lines: starts[$0]..<starts[$0] + size, ownLines: cuts[$0]..<cuts[$0 + 1]) }
    }

    /// Bytes of the rows that are held: a tile's height of the picture's, and what a row of tiles makes of them.
    func byteCount(of whole: PictureSize, scale: Int, pixelByteCount: Int) -> Int {
        let ownRowCount = rows.map(\.ownLines.count).max() ?? 0
        return whole.width * pixelByteCount * (size.height + scale * scale * ownRowCount)
    }

    /// Computes all tiles, one row of them after the other.
    ///
    /// - Parameters:
    ///   - width: of the whole picture.
    ///   - run: makes the tile of this index, `scale` times as large, from a source of its rows to a sink.
    func forEach(
        in source: any RowSource, width: Int, scale: Int, pixelByteCount: Int, to sink: any RowSink,
        _ run: (_ index: Int, any RowSource, any RowSink) throws -> Void
    ) throws {
        let held = HeldRows(source, rowByteCount: width * pixelByteCount, rowCount: size.height)
        let resultRowByteCount = scale * width * pixelByteCount
        let resultRow = UnsafeMutableRawBufferPointer.allocate(byteCount: resultRowByteCount, alignment: 64)
        defer { resultRow.deallocate() }
        for (tileRow, row) in rows.enumerated() {
            try held.read(through: row.lines.upperBound)
            let results = PartialRowsInMemory(rowCount: scale * row.ownLines.count, rowByteCount: resultRowByteCount)
            for (tileColumn, column) in columns.enumerated() {
                func own(_ span: Span) -> Range<Int> {
                    let first = scale * (span.ownLines.lowerBound - span.lines.lowerBound)
                    return first..<first + scale * span.ownLines.count
                }
                let bytes = own(column).lowerBound * pixelByteCount..<own(column).upperBound * pixelByteCount
                let columnSink = ColumnSink(
                    results, ownBytes: 0..<bytes.count, firstByte: scale * column.ownLines.lowerBound * pixelByteCount)
                try run(
                    tileRow * columns.count + tileColumn,
                    held.source(from: row.lines.lowerBound, firstByte: column.lines.lowerBound * pixelByteCount),
                    CroppedRowSink(columnSink, rows: own(row), bytes: bytes))
            }
            for index in 0..<scale * row.ownLines.count {
                results.load(row: index, into: resultRow)
                try sink.take(row: scale * row.ownLines.lowerBound + index, from: UnsafeRawBufferPointer(resultRow))
            }
        }
    }
}

/// The last rows of a picture, of which any part can be read again.
private final class HeldRows {
    private let whole: any RowSource
    private let rowByteCount: Int, rowCount: Int
    private let rows: UnsafeMutableRawBufferPointer
    private var readCount = 0

    init(_ whole: any RowSource, rowByteCount: Int, rowCount: Int) {
        self.whole = whole
        self.rowByteCount = rowByteCount
        self.rowCount = rowCount
        rows = .allocate(byteCount: rowByteCount * rowCount, alignment: 64)
    }

    deinit { rows.deallocate() }

    func read(through end: Int) throws {
        while readCount < end {
            try whole.fill(row: readCount, into: row(readCount))
            readCount += 1
        }
    }

    private func row(_ index: Int) -> UnsafeMutableRawBufferPointer {
        let first = index % rowCount * rowByteCount
        return UnsafeMutableRawBufferPointer(rebasing: rows[first..<first + rowByteCount])
    }

    func source(from firstRow: Int, firstByte: Int) -> any RowSource {
        Part(held: self, firstRow: firstRow, firstByte: firstByte)
    }

    private final class Part: RowSource {
        private let held: HeldRows
        private let firstRow: Int, firstByte: Int

        init(held: HeldRows, firstRow: Int, firstByte: Int) {
            self.held = held
            self.firstRow = firstRow
            self.firstByte = firstByte
        }

        func fill(row: Int, into bytes: UnsafeMutableRawBufferPointer) {
            let whole = held.row(firstRow + row)
            bytes.copyMemory(from: UnsafeRawBufferPointer(rebasing: whole[firstByte..<firstByte + bytes.count]))
        }
    }
}
