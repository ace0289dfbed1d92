import GraphImaging
import GraphRuntime

/// The colours of a picture that is transparent in places, as f32 rows from 0 to 255, in which what cannot be seen has the
/// colours of what can be seen around it: nothing bleeds into an edge, be it black that stands for no colour.
///
/// With opacity a and colour c of a pixel, both from 0 to 1, and m the mean of the colours within ``radius`` pixels, each
/// weighted by its opacity:
///
///     colour = w·c + (1 - w)·m    where w = min(1, a / faint)
///
/// Where nothing can be seen so near, the colour is black. To multiply colours by opacity before the network, and to divide
/// by it behind, would keep them apart as well; but the network does not make the same of both, and along a step of opacity
/// the quotient shows lines that no colour had.
final class SpreadColourSource: RowSource {
    /// How far colours spread, in pixels: beyond what a network's result takes most of its value from.
    private static let radius = 8
    /// The opacity, of 1, from which a pixel's own colour is trusted: below it, programs round it away.
    private static let faint: Float = 16.0 / 255

    private let reader: any PictureReader
    private let stored: UnsafeMutableRawBufferPointer
    /// Rows of red, green, blue and opacity from 0 to 1, the colours not multiplied: row y in slot y modulo their number.
    private let rows: UnsafeMutableBufferPointer<SIMD4<Float>>
    private let keptRowCount: Int
    private var readRowCount = 0
    /// Sums of a window's columns: colours times opacity, and opacity.
    private let columns: UnsafeMutableBufferPointer<SIMD4<Float>>

    /// - Precondition: the picture has alpha.
    init(_ reader: any PictureReader) {
        precondition(reader.layout.hasAlpha)
        self.reader = reader
        stored = .allocate(byteCount: reader.width * reader.layout.byteCount, alignment: 64)
        keptRowCount = min(2 * Self.radius + 1, reader.height)
        rows = .allocate(capacity: keptRowCount * reader.width)
        columns = .allocate(capacity: reader.width)
    }

    deinit {
        stored.deallocate()
        rows.deallocate()
        columns.deallocate()
    }

    func fill(row: Int, into bytes: UnsafeMutableRawBufferPointer) throws {
        let window = max(0, row - Self.radius)..<min(reader.height, row + Self.radius + 1)
        while readRowCount < window.upperBound { try readRow() }
        let pixels = kept(row)
        let output = bytes.bindMemory(to: Float.self)
        let isFaint = pixels.contains { $0.w < Self.faint }
        if isFaint { sumColumns(window) }
        for x in 0..<reader.width {
            var colour = pixels[x]
            if isFaint, colour.w < Self.faint {
                let mean = mean(around: x)
                colour = mean + (colour - mean) * (colour.w / Self.faint)
            }
            for channel in 0..<3 { output[3 * x + channel] = 255 * colour[channel] }
        }
    }

    private func kept(_ row: Int) -> UnsafeMutableBufferPointer<SIMD4<Float>> {
        let first = row % keptRowCount * reader.width
        return UnsafeMutableBufferPointer(rebasing: rows[first..<first + reader.width])
    }

    private func readRow() throws {
        try reader.readRow(into: stored)
        let row = kept(readRowCount)
        if reader.layout.bitDepth == 8 {
            convert(stored.bindMemory(to: UInt8.self), into: row)
        } else {
            convert(stored.bindMemory(to: UInt16.self), into: row)
        }
        readRowCount += 1
    }

    private func convert<Sample: FixedWidthInteger>(
        _ samples: UnsafeMutableBufferPointer<Sample>, into row: UnsafeMutableBufferPointer<SIMD4<Float>>
    ) {
        let layout = reader.layout
        let unit = 1 / Float(Sample.max)
        for x in 0..<reader.width {
            let first = x * layout.sampleCount
            var pixel = SIMD4<Float>()
            for channel in 0..<3 { pixel[channel] = unit * Float(samples[first + (layout.isGrey ? 0 : channel)]) }
            pixel.w = unit * Float(samples[first + layout.colourCount])
            row[x] = pixel
        }
    }

    private func sumColumns(_ window: Range<Int>) {
        for x in 0..<reader.width { columns[x] = .zero }
        for y in window {
            let row = kept(y)
            for x in 0..<reader.width {
                let pixel = row[x]
                columns[x] += SIMD4(pixel.x, pixel.y, pixel.z, 1) * pixel.w
            }
        }
    }

    /// The mean of the colours in the window around a column, weighted by opacity; black where all is transparent.
    private func mean(around x: Int) -> SIMD4<Float> {
        var sum = SIMD4<Float>()
        for column in max(0, x - Self.radius)..<min(reader.width, x + Self.radius + 1) { sum += columns[column] }
        return sum.w > 0 ? sum / sum.w : .zero
    }
}
