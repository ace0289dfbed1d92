import GraphImaging
import GraphRuntime

/// Rows of a frame on their way to a network.
final class VideoRowSource: RowSource {
    private let conversion: VideoFrameConversion

    init(_ conversion: VideoFrameConversion) { self.conversion = conversion }

    func fill(row: Int, into bytes: UnsafeMutableRawBufferPointer) {
        conversion.fill(row: row, into: bytes.bindMemory(to: Float.self))
    }
}

/// Rows of an enlarged frame as a network makes them.
final class VideoRowSink: RowSink {
    private let conversion: VideoFrameConversion

    init(_ conversion: VideoFrameConversion) { self.conversion = conversion }

    func take(row: Int, from bytes: UnsafeRawBufferPointer) {
        conversion.take(row: row, from: bytes.bindMemory(to: Float.self))
    }
}
