import GraphRuntime

/// Some columns of the rows that another source gives.
final class ColumnSource: RowSource {
    private let whole: any RowSource
    private let row: UnsafeMutableRawBufferPointer
    private let firstByte: Int

    /// - Parameters:
    ///   - rowByteCount: of the other source.
    ///   - firstByte: where the columns begin.
    init(_ whole: any RowSource, rowByteCount: Int, firstByte: Int) {
        self.whole = whole
        self.firstByte = firstByte
        row = .allocate(byteCount: rowByteCount, alignment: 64)
    }

    deinit { row.deallocate() }

    func fill(row index: Int, into bytes: UnsafeMutableRawBufferPointer) throws {
        try whole.fill(row: index, into: row)
        bytes.copyMemory(from: UnsafeRawBufferPointer(rebasing: row[firstByte..<firstByte + bytes.count]))
    }
}

/// Where finished parts of rows are kept until all strips of a picture are done.
protocol PartialRows: AnyObject {
    func store(_ bytes: UnsafeRawBufferPointer, row: Int, firstByte: Int) throws
}

/// The part of a strip's rows that belongs to it.
final class ColumnSink: RowSink {
    private let rows: any PartialRows
    private let ownBytes: Range<Int>
    private let firstByte: Int

    /// - Parameters:
    ///   - ownBytes: the strip's own columns within a row of its program's output.
    ///   - firstByte: where these columns begin in the whole picture's rows.
    init(_ rows: any PartialRows, ownBytes: Range<Int>, firstByte: Int) {
        self.rows = rows
        self.ownBytes = ownBytes
        self.firstByte = firstByte
    }

    func take(row: Int, from bytes: UnsafeRawBufferPointer) throws {
        try rows.store(UnsafeRawBufferPointer(rebasing: bytes[ownBytes]), row: row, firstByte: firstByte)
    }
}

/// A picture in memory that strips fill.
final class PartialRowsInMemory: PartialRows {
    private(set) var pixels: [UInt8]
    private let rowByteCount: Int

    init(rowCount: Int, rowByteCount: Int) {
        pixels = Array(repeating: 0, count: rowCount * rowByteCount)
        self.rowByteCount = rowByteCount
    }

    func store(_ bytes: UnsafeRawBufferPointer, row: Int, firstByte: Int) {
        let start = row * rowByteCount + firstByte
        pixels.withUnsafeMutableBytes {
            UnsafeMutableRawBufferPointer(rebasing: $0[start..<start + bytes.count]).copyMemory(from: bytes)
        }
    }
}
