import GraphRuntime
import GraphImaging

/// A picture's rows as a network takes them: red, green and blue from 0 to 255, as u8 or f32.
final class PictureRowSource: RowSource {
    /// What of a picture's pixels goes through the network.
    enum Content {
        /// The colours of a picture that is opaque; of others ``SpreadColourSource`` gives them.
        case colour
        /// Opacity, as a grey picture.
        case opacity
    }

    private let reader: any PictureReader
    private let content: Content
    private let isFloat: Bool
    private let stored: UnsafeMutableRawBufferPointer

    /// - Precondition: what is not the colour of 8-bit samples alone is f32.
    init(_ reader: any PictureReader, _ content: Content, isFloat: Bool) {
        precondition(isFloat || reader.layout.bitDepth == 8 && content == .colour)
        self.reader = reader
        self.content = content
        self.isFloat = isFloat
        stored = .allocate(byteCount: reader.width * reader.layout.byteCount, alignment: 64)
    }

    deinit { stored.deallocate() }

    func fill(row: Int, into bytes: UnsafeMutableRawBufferPointer) throws {
        if !isFloat, reader.layout == .rgb8 { return try reader.readRow(into: bytes) }
        try reader.readRow(into: stored)
        if !isFloat {
            spread(stored.bindMemory(to: UInt8.self), into: bytes.bindMemory(to: UInt8.self))
        } else if reader.layout.bitDepth == 8 {
            convert(stored.bindMemory(to: UInt8.self), into: bytes.bindMemory(to: Float.self))
        } else {
            convert(stored.bindMemory(to: UInt16.self), into: bytes.bindMemory(to: Float.self))
        }
    }

    private func spread(_ samples: UnsafeMutableBufferPointer<UInt8>, into row: UnsafeMutableBufferPointer<UInt8>) {
        let layout = reader.layout
        for x in 0..<reader.width {
            for channel in 0..<3 { row[3 * x + channel] = samples[x * layout.sampleCount + (layout.isGrey ? 0 : channel)] }
        }
    }

    private func convert<Sample: FixedWidthInteger>(
        _ samples: UnsafeMutableBufferPointer<Sample>, into row: UnsafeMutableBufferPointer<Float>
    ) {
        let layout = reader.layout
        let unit = 255 / Float(Sample.max)
        for x in 0..<reader.width {
            let pixel = x * layout.sampleCount
            for channel in 0..<3 {
                let sample = content == .opacity ? layout.colourCount : layout.isGrey ? 0 : channel
                row[3 * x + channel] = unit * Float(samples[pixel + sample])
            }
        }
    }
}

/// The rows of another source with mirrored pixels around them.
final class MirroredRowSource: RowSource {
    private let source: any RowSource
    private let size: (width: Int, height: Int)
    private let margins: Margins
    private let pixelByteCount: Int
    /// The last rows of the source, as many as are mirrored above or below: row y in slot y modulo their number.
    private let rows: UnsafeMutableRawBufferPointer
    private let keptRowCount: Int
    private var readRowCount = 0

    /// - Parameters:
    ///   - source: gives rows of `width` pixels.
    ///   - margins: pixels to add.
    init(_ source: any RowSource, width: Int, height: Int, margins: Margins, pixelByteCount: Int) {
        self.source = source
        size = (width, height)
        self.margins = margins
        self.pixelByteCount = pixelByteCount
        keptRowCount = min(max(margins.before, margins.below, 1), height)
        rows = .allocate(byteCount: keptRowCount * width * pixelByteCount, alignment: 64)
    }

    deinit { rows.deallocate() }

    func fill(row: Int, into bytes: UnsafeMutableRawBufferPointer) throws {
        let y = mirrored(row - margins.before, size.height)
        while readRowCount <= y {
            try source.fill(row: readRowCount, into: kept(readRowCount))
            readRowCount += 1
        }
        let pixels = UnsafeRawBufferPointer(kept(y))
        let left = margins.before
        let middle = left * pixelByteCount..<left * pixelByteCount + pixels.count
        UnsafeMutableRawBufferPointer(rebasing: bytes[middle]).copyMemory(from: pixels)
        for x in 0..<left { copy(mirrored(x - left, size.width), of: pixels, to: x, of: bytes) }
        for x in size.width..<size.width + margins.right {
            copy(mirrored(x, size.width), of: pixels, to: left + x, of: bytes)
        }
    }

    private func kept(_ row: Int) -> UnsafeMutableRawBufferPointer {
        let byteCount = size.width * pixelByteCount
        let first = row % keptRowCount * byteCount
        return UnsafeMutableRawBufferPointer(rebasing: rows[first..<first + byteCount])
    }

    private func copy(_ x: Int, of pixels: UnsafeRawBufferPointer, to target: Int, of row: UnsafeMutableRawBufferPointer) {
        for byte in 0..<pixelByteCount { row[target * pixelByteCount + byte] = pixels[x * pixelByteCount + byte] }
    }
}

/// The place in 0..<count that a place beyond it mirrors, the outermost one repeated: …1 0 | 0 1 2 | 2 1….
func mirrored(_ place: Int, _ count: Int) -> Int {
    let phase = (place % (2 * count) + 2 * count) % (2 * count)
    return phase < count ? phase : 2 * count - 1 - phase
}
