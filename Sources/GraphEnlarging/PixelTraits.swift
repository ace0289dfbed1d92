import GraphImaging
import GraphRuntime

/// What only all pixels of a picture tell, which decides how it is enlarged.
struct PixelTraits: Hashable {
    /// Whether red, green and blue are equal in every pixel, whatever the file calls itself.
    var isGrey: Bool
    /// Whether every pixel is opaque.
    var isOpaque: Bool

    /// Reads a picture's rows as far as these take to tell: of a colour photograph a few.
    ///
    /// - Parameters:
    ///   - observer: asked before each row whether to go on.
    ///   - open: opens the picture; it is called only where the layout leaves a question.
    /// - Throws: what the reader does; ``EnlargingError/cancelled``.
    init(of layout: PixelLayout, _ observer: RunObserver, _ open: () throws -> any PictureReader) throws {
        isGrey = true
        isOpaque = true
        guard !layout.isGrey || layout.hasAlpha else { return }
        let reader = try open()
        var row = [UInt8](repeating: 0, count: reader.width * layout.byteCount)
        while reader.rowCount < reader.height, isGrey && !layout.isGrey || isOpaque && layout.hasAlpha {
            if let isCancelled = observer.isCancelled, isCancelled() { throw EnlargingError.cancelled }
            try row.withUnsafeMutableBytes { bytes in
                try reader.readRow(into: bytes)
                if layout.bitDepth == 8 {
                    look(at: bytes.bindMemory(to: UInt8.self), layout)
                } else {
                    look(at: bytes.bindMemory(to: UInt16.self), layout)
                }
            }
        }
    }

    private mutating func look<Sample: FixedWidthInteger>(
        at samples: UnsafeMutableBufferPointer<Sample>, _ layout: PixelLayout
    ) {
        for first in stride(from: 0, to: samples.count, by: layout.sampleCount) {
            if !layout.isGrey, samples[first] != samples[first + 1] || samples[first] != samples[first + 2] { isGrey = false }
            if layout.hasAlpha, samples[first + layout.colourCount] != Sample.max { isOpaque = false }
        }
    }
}
