import GraphRuntime

/// Each row of the result at the right of the same row of another picture, with a line between them.
final class ComparisonRowSink: RowSink {
    /// A dark pixel and a light one, so that the line is seen on any ground.
    static let lineWidth = 2

    private let sink: any RowSink
    private let other: any RowSource
    private let row: UnsafeMutableBufferPointer<Float>
    private let sideCount: Int

    /// - Parameters:
    ///   - sink: takes rows of red, green and blue in f32, as all of these are.
    ///   - other: of the same width.
    ///   - line: the samples of the line's pixels.
    init(_ sink: any RowSink, other: any RowSource, width: Int, line: (Float, Float)) {
        self.sink = sink
        self.other = other
        sideCount = 3 * width
        row = .allocate(capacity: 2 * sideCount + 3 * Self.lineWidth)
        row.initialize(repeating: line.0)
        row[sideCount + 3..<sideCount + 6].update(repeating: line.1)
    }

    deinit { row.deallocate() }

    func take(row index: Int, from bytes: UnsafeRawBufferPointer) throws {
        try other.fill(row: index, into: UnsafeMutableRawBufferPointer(.init(rebasing: row[..<sideCount])))
        UnsafeMutableRawBufferPointer(.init(rebasing: row[(row.count - sideCount)...])).copyMemory(from: bytes)
        try sink.take(row: index, from: UnsafeRawBufferPointer(row))
    }
}
