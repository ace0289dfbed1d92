import CGraphWebP
import Glibc
import SystemPackage

/// Writes a WebP, lossy or lossless, with 8 bits and alpha. Grey becomes RGB, since the format has no grey.
///
/// Memory holds the whole picture, 4 bytes for each pixel: it is encoded when all rows are there.
public final class WebPWriter: PictureWriter {
    /// What is done with pixels.
    public enum Compression: Hashable, Sendable {
        /// Colours are half as fine as lightness in each direction; alpha stays exact.
        ///
        /// - Parameter quality: from 1 to 100, as libwebp counts it.
        case lossy(quality: Int)
        /// Each pixel stays as it is, transparent ones too.
        case lossless

        /// What is not told another one.
        public static let usual = lossy(quality: 90)
    }

    private let metadata: PictureMetadata
    private let compression: Compression
    private let picture: UnsafeMutablePointer<WebPPicture>

    /// - Parameter metadata: of the picture that is written, its sizes and orientation.
    /// - Throws: when a side is longer than WebP allows, the folder cannot be written to, or there is no memory left.
    /// - Precondition: `0 < width`, `0 < height`, and the layout has 8 bits.
    public init(
        to destination: PictureDestination, width: Int, height: Int, layout: PixelLayout = .rgb8,
        metadata: PictureMetadata = PictureMetadata(), compression: Compression = .usual
    ) throws(ImageError) {
        precondition(width > 0 && height > 0 && layout.bitDepth == 8, "WebP has 8 bits")
        if case .lossy(let quality) = compression { precondition((1...100).contains(quality)) }
        let size = PictureSize(width: width, height: height)
        try PictureFormat.webp.checkLongestSide(of: size, path: destination.path)
        let output = try PictureOutput(destination)
        // The format has no grey.
        let told = metadata.toldByProfile(for: PixelLayout(hasAlpha: layout.hasAlpha))
        self.metadata = told.metadata
        self.compression = compression
        picture = .allocate(capacity: 1)
        picture.initialize(to: WebPPicture())
        super.init(
            output, size: size, layout: layout,
            losses: told.losses + (metadata.resolution == nil ? [] : ["the resolution is left out"]))
        guard WebPPictureInit(picture) != 0 else {
            throw .unwritable(path: output.path, message: "libwebp is of another version than its header")
        }
        picture.pointee.use_argb = 1
        picture.pointee.width = Int32(width)
        picture.pointee.height = Int32(height)
        guard WebPPictureAlloc(picture) != 0 else { throw .outOfMemory(path: output.path, .writing) }
    }

    deinit {
        WebPPictureFree(picture)
        picture.deallocate()
    }

    override func encode(_ row: UnsafeRawBufferPointer) {
        let pixels = picture.pointee.argb + rowCount * Int(picture.pointee.argb_stride)
        let green = layout.isGrey ? 0 : 1
        let blue = layout.isGrey ? 0 : 2
        for x in 0..<width {
            let first = x * layout.byteCount
            let alpha = layout.hasAlpha ? row[first + layout.colourCount] : 255
            pixels[x] =
                UInt32(alpha) << 24 | UInt32(row[first]) << 16 | UInt32(row[first + green]) << 8 | UInt32(row[first + blue])
        }
    }

    override func encodeEnd() throws(ImageError) {
        try encoded { (encoded) throws(ImageError) in
            try output.write(message: { "" }) {
                fwrite(encoded.bytes, 1, encoded.size, output.file) == encoded.size
            }
        }
    }

    /// Hands over the whole file.
    private func encoded(_ body: (WebPData) throws(ImageError) -> Void) throws(ImageError) {
        var memory = WebPMemoryWriter()
        WebPMemoryWriterInit(&memory)
        defer { WebPMemoryWriterClear(&memory) }
        try encode(into: &memory)
        let image = WebPData(bytes: memory.mem, size: memory.size)
        let chunks = [("ICCP", metadata.iccProfile), ("EXIF", metadata.exif), ("XMP ", metadata.xmp)]
            .filter { $1?.isEmpty == false }
        guard !chunks.isEmpty else { return try body(image) }
        var file = WebPData()
        defer { WebPDataClear(&file) }
        let status = assemble(image, with: chunks, into: &file)
        guard status == WEBP_MUX_OK else {
            throw status == WEBP_MUX_MEMORY_ERROR
                ? .outOfMemory(path: path, .writing)
                : .unwritable(path: path, message: "libwebp cannot put its parts together (\(status.rawValue))")
        }
        try body(file)
    }

    /// Encodes the picture, without what is told beside it.
    private func encode(into memory: inout WebPMemoryWriter) throws(ImageError) {
        var config = WebPConfig()
        guard WebPConfigInit(&config) != 0 else {
            throw .unwritable(path: path, message: "libwebp is of another version than its header")
        }
        switch compression {
        case .lossy(let quality): config.quality = Float(quality)
        case .lossless:
            WebPConfigLosslessPreset(&config, losslessLevel)
            config.exact = 1
        }
        let isEncoded = withUnsafeMutablePointer(to: &memory) { memory in
            picture.pointee.writer = WebPMemoryWrite
            picture.pointee.custom_ptr = UnsafeMutableRawPointer(memory)
            return WebPEncode(&config, picture) != 0
        }
        guard isEncoded else { throw encodingError }
    }

    private var encodingError: ImageError {
        switch picture.pointee.error_code {
        case VP8_ENC_ERROR_OUT_OF_MEMORY, VP8_ENC_ERROR_BITSTREAM_OUT_OF_MEMORY, VP8_ENC_ERROR_BAD_WRITE:
            .outOfMemory(path: path, .writing)
        case VP8_ENC_ERROR_PARTITION0_OVERFLOW, VP8_ENC_ERROR_PARTITION_OVERFLOW, VP8_ENC_ERROR_FILE_TOO_BIG:
            .unwritable(path: path, message: "it is too large for WebP; write a PNG")
        default: .unwritable(path: path, message: "libwebp fails with error \(picture.pointee.error_code.rawValue)")
        }
    }
}

/// Of libwebp's levels from 0 to 9. A photograph of 2448 × 1632 pixels takes 0.4 s and 2.19 MB; at level 3, 1.5 s and 1.82 MB.
private let losslessLevel: Int32 = 0

/// Puts a picture and chunks into one file.
private func assemble(
    _ image: WebPData, with chunks: [(type: String, bytes: [UInt8]?)], into file: inout WebPData
) -> WebPMuxError {
    guard let container = WebPMuxNew() else { return WEBP_MUX_MEMORY_ERROR }
    defer { WebPMuxDelete(container) }
    var image = image
    var status = WebPMuxSetImage(container, &image, 0)
    for case (let type, let bytes?) in chunks where status == WEBP_MUX_OK {
        status = bytes.withUnsafeBufferPointer { bytes in
            var data = WebPData(bytes: bytes.baseAddress, size: bytes.count)
            return WebPMuxSetChunk(container, type, &data, 1)
        }
    }
    return status == WEBP_MUX_OK ? WebPMuxAssemble(container, &file) : status
}
