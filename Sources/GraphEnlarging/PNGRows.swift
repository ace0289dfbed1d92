import GraphRuntime
import GraphImaging

/// A picture's rows, as they come from a PNG.
final class PNGRowSource: RowSource {
    private let reader: PNGReader

    init(_ reader: PNGReader) { self.reader = reader }

    func fill(row: Int, into bytes: UnsafeMutableRawBufferPointer) throws {
        try reader.readRow(into: bytes.bindMemory(to: UInt8.self))
    }
}

/// A picture's rows, on their way to a PNG.
final class PNGRowSink: RowSink {
    private let writer: PNGWriter
    /// Of a grey picture, a row with the mean of each pixel's channels, which models leave a little apart.
    private var grey: [UInt8]

    init(_ writer: PNGWriter, isGrey: Bool) {
        self.writer = writer
        grey = [UInt8](repeating: 0, count: isGrey ? 3 * writer.width : 0)
    }

    func take(row: Int, from bytes: UnsafeRawBufferPointer) throws {
        guard !grey.isEmpty else { return try writer.writeRow(bytes.bindMemory(to: UInt8.self)) }
        for first in stride(from: 0, to: grey.count, by: 3) {
            let sum = Int(bytes[first]) + Int(bytes[first + 1]) + Int(bytes[first + 2])
            for channel in 0..<3 { grey[first + channel] = UInt8((sum + 1) / 3) }
        }
        try grey.withUnsafeBufferPointer { try writer.writeRow($0) }
    }
}
