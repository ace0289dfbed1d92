import GraphRuntime

/// The u8 rows of another source as f32.
final class FloatRowSource: RowSource {
    private let source: any RowSource
    private let row: UnsafeMutableRawBufferPointer

    init(_ source: any RowSource, width: Int) {
        self.source = source
        row = .allocate(byteCount: 3 * width, alignment: 64)
    }

    deinit { row.deallocate() }

    func fill(row index: Int, into bytes: UnsafeMutableRawBufferPointer) throws {
        try source.fill(row: index, into: row)
        let samples = bytes.bindMemory(to: Float.self)
        for index in samples.indices { samples[index] = Float(row[index]) }
    }
}

/// Rows of f32 on their way to a sink of u8, rounded.
final class RoundedRowSink: RowSink {
    private let sink: any RowSink
    private let row: UnsafeMutableRawBufferPointer

    init(_ sink: any RowSink, width: Int) {
        self.sink = sink
        row = .allocate(byteCount: 3 * width, alignment: 64)
    }

    deinit { row.deallocate() }

    func take(row index: Int, from bytes: UnsafeRawBufferPointer) throws {
        let samples = bytes.bindMemory(to: Float.self)
        for index in samples.indices { row[index] = wholeSample(samples[index]) }
        try sink.take(row: index, from: UnsafeRawBufferPointer(row))
    }
}

/// A sample from 0 to 255 as one of integers, where these go up to their greatest one. What is no number becomes 0, as in the
/// cast of the graph.
func wholeSample<Sample: FixedWidthInteger>(_ value: Float) -> Sample {
    value > 0 ? Sample((Float(Sample.max) / 255 * min(value, 255)).rounded()) : 0
}
