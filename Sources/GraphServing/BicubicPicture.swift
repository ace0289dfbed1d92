import GraphImaging
import SystemPackage

/// What bicubic interpolation makes of a picture: what the page shows beside the network's result.
///
/// Rows go through in bands, so that memory depends on the width. For the eye 8 bits of a sample are enough.
struct BicubicPicture {
    private let reader: any PictureReader
    private let scale: Int
    private let layout: PixelLayout

    /// Rows of the picture that are enlarged at once.
    private static let bandRowCount = 64
    /// Rows above and below, on which those of a band depend.
    private static let neighbourCount = 2

    /// - Throws: what is wrong with the file.
    init(of bytes: [UInt8], scale: Int) throws(ImageError) {
        reader = try PictureSource(bytes).reader().upright()
        self.scale = scale
        layout = PixelLayout(isGrey: reader.layout.isGrey, hasAlpha: reader.layout.hasAlpha)
    }

    /// Writes PNG where there is alpha, otherwise JPEG in a quality that cannot be told from it, which is faster.
    ///
    /// - Returns: nil when it is cancelled.
    /// - Throws: what is wrong with the picture, or with the file that is written.
    func write(to file: NamelessFile, isCancelled: () -> Bool) throws(ImageError) -> PictureFormat? {
        let size = PictureSize(width: scale * reader.width, height: scale * reader.height)
        let isJPEG = !layout.hasAlpha && max(size.width, size.height) <= PictureFormat.jpeg.longestSide
        let encoding = isJPEG ? PictureEncoding(.jpeg, quality: .level(98)) : PictureEncoding(.png)
        let metadata = PictureMetadata(iccProfile: reader.metadata.iccProfile, colour: reader.metadata.colour)
        let writer = try encoding.writer(
            to: .stream(file.descriptor, name: FilePath("bicubic.\(encoding.format.ending)")), size: size, layout: layout,
            metadata: metadata)
        var rows: [Row] = []
        var top = 0
        for first in stride(from: 0, to: reader.height, by: Self.bandRowCount) {
            guard !isCancelled() else { return nil }
            let end = min(reader.height, first + Self.bandRowCount)
            let newTop = max(0, first - Self.neighbourCount)
            rows.removeFirst(newTop - top)
            top = newTop
            while reader.rowCount < min(reader.height, end + Self.neighbourCount) { rows.append(try nextRow()) }
            for row in enlarged(rows, outputs: scale * (first - top)..<scale * (end - top)) {
                try row.withUnsafeBufferPointer { (bytes) throws(ImageError) in
                    try writer.writeRow(UnsafeRawBufferPointer(bytes))
                }
            }
        }
        try writer.finish()
        return encoding.format
    }

    /// RGB, multiplied by the opacity where there is alpha, and the opacity three times.
    private struct Row {
        var colours: [UInt8] = []
        var opacity: [UInt8] = []
    }

    private func nextRow() throws(ImageError) -> Row {
        let kept = reader.layout
        var bytes = [UInt8](repeating: 0, count: reader.width * kept.byteCount)
        try bytes.withUnsafeMutableBufferPointer { (bytes) throws(ImageError) in
            try reader.readRow(into: UnsafeMutableRawBufferPointer(bytes))
        }
        let samples = kept.bitDepth == 8 ? bytes : Self.highBytes(of: bytes)
        var row = Row()
        row.colours.reserveCapacity(3 * reader.width)
        for first in stride(from: 0, to: samples.count, by: kept.sampleCount) {
            let opacity = kept.hasAlpha ? Int(samples[first + kept.colourCount]) : 255
            for channel in 0..<3 {
                let colour = Int(samples[first + (kept.isGrey ? 0 : channel)])
                row.colours.append(UInt8((colour * opacity + 127) / 255))
                if kept.hasAlpha { row.opacity.append(UInt8(opacity)) }
            }
        }
        return row
    }

    /// Samples of 16 bits, in the order of the processor, as samples of 8.
    private static func highBytes(of bytes: [UInt8]) -> [UInt8] {
        stride(from: 0, to: bytes.count, by: 2).map { place -> UInt8 in
            let sample = Int(bytes[place + 1]) << 8 + Int(bytes[place])
            return UInt8((sample + 128) / 257)
        }
    }

    /// Rows of the enlarged picture, with the samples that are written.
    private func enlarged(_ rows: [Row], outputs: Range<Int>) -> [[UInt8]] {
        let colours = enlarged(rows.map(\.colours))
        let opacity = layout.hasAlpha ? enlarged(rows.map(\.opacity)) : nil
        return outputs.map { y in
            let row = Array(colours.row(y))
            if !layout.isGrey, !layout.hasAlpha { return row }
            let opacities = opacity.map { Array($0.row(y)) }
            var samples: [UInt8] = []
            samples.reserveCapacity(colours.width * layout.sampleCount)
            for first in stride(from: 0, to: row.count, by: 3) {
                let alpha = opacities.map { Int($0[first]) } ?? 255
                for channel in 0..<layout.colourCount {
                    samples.append(alpha == 0 ? 0 : UInt8(min(255, (Int(row[first + channel]) * 255 + alpha / 2) / alpha)))
                }
                if layout.hasAlpha { samples.append(UInt8(alpha)) }
            }
            return samples
        }
    }

    private func enlarged(_ rows: [[UInt8]]) -> Picture {
        Picture(width: reader.width, height: rows.count, pixels: Array(rows.joined())).bicubicEnlargement(scale: scale)
    }
}
