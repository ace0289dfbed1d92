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
    /// Reads what the strips have stored of a row, from its beginning on.
    func load(row: Int, into bytes: UnsafeMutableRawBufferPointer) throws
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

/// The last strip, whose part completes each row: the whole of it goes on.
final class LastColumnSink: RowSink {
    private let rows: any PartialRows
    private let whole: any RowSink
    private let ownBytes: Range<Int>
    private let row: UnsafeMutableRawBufferPointer

    /// - Parameters:
    ///   - rows: what the strips before have made.
    ///   - ownBytes: the strip's own columns within a row of its program's output.
    init(_ rows: any PartialRows, ownBytes: Range<Int>, rowByteCount: Int, to whole: any RowSink) {
        self.rows = rows
        self.whole = whole
        self.ownBytes = ownBytes
        row = .allocate(byteCount: rowByteCount, alignment: 64)
    }

    deinit { row.deallocate() }

    func take(row index: Int, from bytes: UnsafeRawBufferPointer) throws {
        let firstByte = row.count - ownBytes.count
        try rows.load(row: index, into: UnsafeMutableRawBufferPointer(rebasing: row[..<firstByte]))
        UnsafeMutableRawBufferPointer(rebasing: row[firstByte...]).copyMemory(
            from: UnsafeRawBufferPointer(rebasing: bytes[ownBytes]))
        try whole.take(row: index, from: UnsafeRawBufferPointer(row))
    }
}

/// Rows in memory that strips fill.
final class PartialRowsInMemory: PartialRows {
    private var pixels: [UInt8]
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

    func load(row: Int, into bytes: UnsafeMutableRawBufferPointer) {
        let start = row * rowByteCount
        pixels.withUnsafeBytes { bytes.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[start..<start + bytes.count])) }
    }
}
