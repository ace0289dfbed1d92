import GraphRuntime
import GraphImaging

/// The part of rows inside a border that is cut off.
final class CroppedRowSink: RowSink {
    private let sink: any RowSink
    private let rows: Range<Int>
    private let bytes: Range<Int>

    /// - Parameters:
    ///   - rows: what is kept of all rows, and of each row's bytes.
    init(_ sink: any RowSink, rows: Range<Int>, bytes: Range<Int>) {
        self.sink = sink
        self.rows = rows
        self.bytes = bytes
    }

    func take(row: Int, from whole: UnsafeRawBufferPointer) throws {
        guard rows.contains(row) else { return }
        try sink.take(row: row - rows.lowerBound, from: UnsafeRawBufferPointer(rebasing: whole[bytes]))
    }
}

/// A picture's rows as the network makes them, on their way to a file.
final class PictureRowSink: RowSink {
    private let writer: PictureWriter
    private let isGrey: Bool
    private let isFloat: Bool
    /// Rows of opacity, where the picture has some that is not full.
    private let opacity: (any PartialRows)?
    private let opacityRow: UnsafeMutableBufferPointer<Float>
    private let row: UnsafeMutableRawBufferPointer

    /// - Parameters:
    ///   - isGrey: whether the channels become their mean, which networks leave a little apart.
    ///   - isFloat: whether rows are f32 instead of u8.
    ///   - opacity: f32 rows of 0 to 255. Where the file has no alpha, the picture is laid on white.
    /// - Precondition: with opacity rows are f32.
    init(_ writer: PictureWriter, isGrey: Bool, isFloat: Bool, opacity: (any PartialRows)? = nil) {
        precondition(isFloat || opacity == nil && writer.layout.bitDepth == 8)
        self.writer = writer
        self.isGrey = isGrey || writer.layout.isGrey
        self.isFloat = isFloat
        self.opacity = opacity
        opacityRow = .allocate(capacity: opacity == nil ? 0 : writer.width)
        row = .allocate(byteCount: writer.width * writer.layout.byteCount, alignment: 64)
    }

    deinit {
        opacityRow.deallocate()
        row.deallocate()
    }

    func take(row index: Int, from bytes: UnsafeRawBufferPointer) throws {
        if !isFloat {
            guard isGrey || writer.layout.hasAlpha else { return try writer.writeRow(bytes) }
            convert(bytes.bindMemory(to: UInt8.self), into: row.bindMemory(to: UInt8.self))
        } else {
            try opacity?.load(row: index, into: UnsafeMutableRawBufferPointer(opacityRow))
            let samples = bytes.bindMemory(to: Float.self)
            if writer.layout.bitDepth == 8 {
                convert(samples, into: row.bindMemory(to: UInt8.self))
            } else {
                convert(samples, into: row.bindMemory(to: UInt16.self))
            }
        }
        try writer.writeRow(UnsafeRawBufferPointer(row))
    }

    private func convert(_ samples: UnsafeBufferPointer<UInt8>, into row: UnsafeMutableBufferPointer<UInt8>) {
        let layout = writer.layout
        for x in 0..<writer.width {
            let sum = Int(samples[3 * x]) + Int(samples[3 * x + 1]) + Int(samples[3 * x + 2])
            for channel in 0..<layout.colourCount {
                row[x * layout.sampleCount + channel] = isGrey ? UInt8((sum + 1) / 3) : samples[3 * x + channel]
            }
            if layout.hasAlpha { row[x * layout.sampleCount + layout.colourCount] = 255 }
        }
    }

    private func convert<Sample: FixedWidthInteger>(
        _ samples: UnsafeBufferPointer<Float>, into row: UnsafeMutableBufferPointer<Sample>
    ) {
        let layout = writer.layout
        for x in 0..<writer.width {
            let alpha = opacity == nil ? 255 : min(max(opacityRow[x], 0), 255)
            let isLaidOnWhite = opacity != nil && !layout.hasAlpha
            let mean = (samples[3 * x] + samples[3 * x + 1] + samples[3 * x + 2]) / 3
            for channel in 0..<layout.colourCount {
                let colour = isGrey ? mean : samples[3 * x + channel]
                row[x * layout.sampleCount + channel] = wholeSample(
                    isLaidOnWhite ? 255 + (colour - 255) * (alpha / 255) : colour)
            }
            if layout.hasAlpha { row[x * layout.sampleCount + layout.colourCount] = wholeSample(alpha) }
        }
    }
}

/// The mean of each pixel's channels, kept row by row: opacity on its way to the colours that it belongs to.
final class OpacityRowSink: RowSink {
    private let rows: any PartialRows
    private let means: UnsafeMutableBufferPointer<Float>

    init(_ rows: any PartialRows, width: Int) {
        self.rows = rows
        means = .allocate(capacity: width)
    }

    deinit { means.deallocate() }

    func take(row: Int, from bytes: UnsafeRawBufferPointer) throws {
        let samples = bytes.bindMemory(to: Float.self)
        for x in means.indices { means[x] = (samples[3 * x] + samples[3 * x + 1] + samples[3 * x + 2]) / 3 }
        try rows.store(UnsafeRawBufferPointer(means), row: row, firstByte: 0)
    }
}
