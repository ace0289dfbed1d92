import CGraphJPEGShim
import SystemPackage

/// Writes a JPEG row by row: grey or RGB with 8 bits.
///
/// Memory holds some rows: the codes are those of the standard, since to choose the shortest ones takes the whole picture.
public final class JPEGWriter: PictureWriter {
    /// The quality of what is not told another one.
    public static let usualQuality = 95

    /// How fine colours are beside lightness. The raw value is the pixels that one sample of a colour is for, along each side.
    public enum Colours: Int32, Sendable {
        /// As fine as lightness (4:4:4).
        case full = 1
        /// Half as fine along both sides (4:2:0), as cameras and web pages have them.
        case halved = 2
    }

    private let stream: OpaquePointer

    /// - Parameters:
    ///   - metadata: of the picture that is written, its sizes and orientation.
    ///   - quality: from 1 to 100, as libjpeg counts it.
    ///   - colours: how fine they are.
    /// - Throws: when a side is longer than JPEG allows, the folder cannot be written to, or there is no memory left.
    /// - Precondition: `0 < width`, `0 < height`, and the layout has 8 bits and no alpha.
    public init(
        to destination: PictureDestination, width: Int, height: Int, layout: PixelLayout = .rgb8,
        metadata: PictureMetadata = PictureMetadata(), quality: Int = usualQuality, colours: Colours = .full
    ) throws(ImageError) {
        precondition(!layout.hasAlpha && layout.bitDepth == 8, "JPEG has 8 bits and no alpha")
        precondition((1...100).contains(quality))
        let size = PictureSize(width: width, height: height)
        try PictureFormat.jpeg.checkLongestSide(of: size, path: destination.path)
        let output = try PictureOutput(destination)
        guard let stream = jpeg_shim_create_writer(output.file) else {
            throw .outOfMemory(path: output.path, .writing)
        }
        self.stream = stream
        let density = metadata.resolution?.jfif
        let told = metadata.toldByProfile(for: layout)
        let held = JPEGSegments.holding(told.metadata)
        super.init(
            output, size: size, layout: layout,
            losses: told.losses + held.losses
                + (metadata.resolution != nil && density == nil ? ["the resolution is left out"] : []))
        try check {
            jpeg_shim_write_header(
                stream, UInt32(width), UInt32(height), layout.isGrey, Int32(quality), colours.rawValue,
                density ?? JPEGDensity(unit: 0, x: 1, y: 1))
        }
        for (code, bytes) in held.segments.all {
            try check { jpeg_shim_write_marker(stream, code, bytes, bytes.count) }
        }
    }

    deinit { jpeg_shim_free(stream) }

    override func encode(_ row: UnsafeRawBufferPointer) throws(ImageError) {
        try check { jpeg_shim_write_row(stream, row.assumingMemoryBound(to: UInt8.self).baseAddress) }
    }

    override func encodeEnd() throws(ImageError) { try check { jpeg_shim_write_end(stream) } }

    private func check(_ step: () -> Bool) throws(ImageError) {
        try output.write(message: { String(cString: jpeg_shim_message(stream)) }, step)
    }
}
