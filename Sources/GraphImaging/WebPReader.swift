import CGraphWebP
import Glibc
import SystemPackage

/// Reads a WebP, lossy or lossless, with 8 bits, and alpha where the picture has it. Of an animation it is the first frame.
///
/// Memory holds the file, and with the first row the whole picture.
///
/// Source: RFC 9649.
public final class WebPReader: PictureReader {
    /// The file; nil for bytes in memory.
    public let path: FilePath?
    /// Columns of the picture, in pixels.
    public var width: Int { contents.size.width }
    /// Rows of the picture, in pixels.
    public var height: Int { contents.size.height }
    /// What each row holds.
    public let layout: PixelLayout
    /// What the file tells of the picture beside its pixels.
    public var metadata: PictureMetadata { contents.metadata }
    /// What is lost in reading, each as a sentence without a point.
    public let losses: [String]
    /// Rows handed out so far.
    public private(set) var rowCount = 0

    /// Whether the first frame is stored with a loss.
    var isLossy: Bool { contents.isLossy }

    private let contents: WebPContents
    /// The whole picture, once a row has been asked for.
    private var pixels: UnsafeMutableRawBufferPointer?
    private var failure: ImageError?

    /// Reads a file and looks through it.
    ///
    /// - Throws: when the file is missing, unreadable, no WebP, cut short, damaged, or too large.
    public convenience init(path: FilePath) throws(ImageError) { try self.init(PictureSource(path: path).input()) }

    /// Looks through a file in memory.
    ///
    /// - Parameter bytes: the whole file.
    /// - Throws: when they are no WebP, cut short, damaged, or the picture is too large.
    public convenience init(_ bytes: some Sequence<UInt8>) throws(ImageError) {
        try self.init(PictureSource(bytes).input())
    }

    init(_ input: PictureInput) throws(ImageError) {
        try input.check(is: .webp)
        path = input.path
        contents = try WebPContents(input)
        guard contents.size.width * contents.size.height <= PNGReader.mostPixelsInMemory else {
            throw .tooLarge(path: path, contents.size)
        }
        layout = PixelLayout(hasAlpha: contents.hasAlpha)
        losses = contents.frameCount > 1 ? [onlyFirst(of: contents.frameCount)] : []
    }

    deinit { free(pixels?.baseAddress) }

    /// Reads the next row into `row`, `width * layout.byteCount` bytes. With the first row all are decoded.
    ///
    /// - Throws: when the file is cut short or damaged; from then on each call throws the same.
    /// - Precondition: `rowCount < height`.
    public func readRow(into row: UnsafeMutableRawBufferPointer) throws(ImageError) {
        let byteCount = width * layout.byteCount
        precondition(row.count == byteCount && rowCount < height)
        if let failure { throw failure }
        if pixels == nil { pixels = try decode() }
        let stored = pixels![rowCount * byteCount..<(rowCount + 1) * byteCount]
        row.copyMemory(from: UnsafeRawBufferPointer(rebasing: stored))
        rowCount += 1
    }

    /// Decodes the frame into its place in the picture, which is transparent beside it.
    private func decode() throws(ImageError) -> UnsafeMutableRawBufferPointer {
        let byteCount = width * height * layout.byteCount
        guard let memory = calloc(byteCount, 1) else { throw fail(.outOfMemory(path: path, .reading)) }
        let stride = width * layout.byteCount
        let first = contents.frameY * stride + contents.frameX * layout.byteCount
        var buffer = WebPDecBuffer()
        guard WebPInitDecBuffer(&buffer) != 0 else {
            free(memory)
            throw fail(.unknownKind(path: path, .webp, message: "libwebp is of another version than its header"))
        }
        buffer.colorspace = layout.hasAlpha ? MODE_RGBA : MODE_RGB
        buffer.is_external_memory = 1
        buffer.u.RGBA = WebPRGBABuffer(
            rgba: memory.assumingMemoryBound(to: UInt8.self) + first, stride: Int32(stride), size: byteCount - first)
        var rows: Int32 = 0
        let status = withUnsafeMutablePointer(to: &buffer) { buffer in
            guard let decoder = WebPINewDecoder(buffer) else { return VP8_STATUS_OUT_OF_MEMORY }
            defer { WebPIDelete(decoder) }
            let status = contents.withFrame { WebPIUpdate(decoder, $0.baseAddress, $0.count) }
            WebPIDecGetRGB(decoder, &rows, nil, nil, nil)
            return status
        }
        guard status == VP8_STATUS_OK else {
            free(memory)
            throw fail(error(of: status, .row(after: Int(rows), of: height)))
        }
        return UnsafeMutableRawBufferPointer(start: memory, count: byteCount)
    }

    private func error(of status: VP8StatusCode, _ place: ImageError.Place) -> ImageError {
        switch status {
        case VP8_STATUS_OUT_OF_MEMORY: .outOfMemory(path: path, .reading)
        case VP8_STATUS_UNSUPPORTED_FEATURE: .unknownKind(path: path, .webp, message: "a feature that libwebp lacks")
        // The file is whole, so that more data will not come.
        case VP8_STATUS_SUSPENDED, VP8_STATUS_NOT_ENOUGH_DATA: .damaged(path: path, place, message: "its data end early")
        default: .damaged(path: path, place, message: "its data make no sense")
        }
    }

    private func fail(_ error: ImageError) -> ImageError {
        failure = error
        return error
    }
}
