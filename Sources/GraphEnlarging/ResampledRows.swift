import GraphImaging
import GraphRuntime

/// Rows of red, green and blue in f32 on their way to another sink, resampled to another size.
final class ResampledRowSink: RowSink {
    private let sink: any RowSink
    private let rows: BicubicRows
    private let row: UnsafeMutableBufferPointer<Float>

    init(_ sink: any RowSink, from size: PictureSize, to result: PictureSize) {
        self.sink = sink
        rows = BicubicRows(from: size, to: result, channelCount: 3)
        row = .allocate(capacity: 3 * result.width)
    }

    deinit { row.deallocate() }

    func take(row _: Int, from bytes: UnsafeRawBufferPointer) throws {
        rows.take(bytes.bindMemory(to: Float.self))
        while rows.hasNext {
            let index = rows.madeRowCount
            rows.makeNext(into: row)
            try sink.take(row: index, from: UnsafeRawBufferPointer(row))
        }
    }
}

/// The rows of another source, of red, green and blue in f32, resampled to another size. Each is asked for once, from the top.
final class ResampledRowSource: RowSource {
    private let source: any RowSource
    private let rows: BicubicRows
    private let row: UnsafeMutableBufferPointer<Float>

    init(_ source: any RowSource, from size: PictureSize, to result: PictureSize) {
        self.source = source
        rows = BicubicRows(from: size, to: result, channelCount: 3)
        row = .allocate(capacity: 3 * size.width)
    }

    deinit { row.deallocate() }

    func fill(row _: Int, into bytes: UnsafeMutableRawBufferPointer) throws {
        while !rows.hasNext {
            try source.fill(row: rows.takenRowCount, into: UnsafeMutableRawBufferPointer(row))
            rows.take(UnsafeBufferPointer(row))
        }
        rows.makeNext(into: bytes.bindMemory(to: Float.self))
    }
}
