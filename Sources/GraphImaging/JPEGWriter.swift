import CGraphJPEGShim
import SystemPackage

/// Writes a JPEG row by row: grey or RGB with 8 bits, colours as fine as lightness (4:4:4).
///
/// Memory holds some rows: the codes are those of the standard, since to choose the shortest ones takes the whole picture.
public final class JPEGWriter: PictureWriter {
    /// The quality of what is not told another one.
    public static let usualQuality = 95

    /// The file; nil for one in memory.
    public var path: FilePath? { output.path }
    /// Columns of the picture, in pixels.
    public let width: Int
    /// Rows of the picture, in pixels.
    public let height: Int
    /// What each row holds.
    public let layout: PixelLayout
    /// What the format cannot hold of what it was given, each as a sentence without a point.
    public let losses: [String]
    /// Rows written so far.
    public private(set) var rowCount = 0
    /// Of a picture in memory all bytes of the file, once it is finished.
    public private(set) var bytes: [UInt8] = []

    private let output: PictureOutput
    private let stream: OpaquePointer
    private var isFinished = false

    /// - Parameters:
    ///   - metadata: of the picture that is written, its sizes and orientation.
    ///   - quality: from 1 to 100, as libjpeg counts it.
    /// - Throws: when a side is longer than JPEG allows, the folder cannot be written to, or there is no memory left.
    /// - Precondition: `0 < width`, `0 < height`, and the layout has 8 bits and no alpha.
    public init(
        to destination: PictureDestination, width: Int, height: Int, layout: PixelLayout = .rgb8,
        metadata: PictureMetadata = PictureMetadata(), quality: Int = usualQuality
    ) throws(ImageError) {
        precondition(!layout.hasAlpha && layout.bitDepth == 8, "JPEG has 8 bits and no alpha")
        precondition((1...100).contains(quality))
        try checkLongestSide(of: .jpeg, width, height, path: destination.path)
        let output = try PictureOutput(destination)
        guard let stream = jpeg_shim_create_writer(output.file) else {
            throw .outOfMemory(path: output.path, .writing)
        }
        self.output = output
        self.stream = stream
        self.width = width
        self.height = height
        self.layout = layout
        let density = metadata.resolution?.jfif
        let told = metadata.toldByProfile(for: layout)
        let held = JPEGSegments.holding(told.metadata)
        losses = told.losses + held.losses + (metadata.resolution != nil && density == nil ? ["the resolution is left out"] : [])
        try check {
            jpeg_shim_write_header(
                stream, UInt32(width), UInt32(height), layout.isGrey, Int32(quality),
                density ?? JPEGDensity(unit: 0, x: 1, y: 1))
        }
        for (code, bytes) in held.segments.all {
            try check { jpeg_shim_write_marker(stream, code, bytes, bytes.count) }
        }
    }

    deinit { jpeg_shim_free(stream) }

    /// Writes the next row, `width * layout.byteCount` bytes.
    ///
    /// - Throws: when the disk is full; nothing is left of the file then, and each further call throws the same.
    /// - Precondition: `rowCount < height`.
    public func writeRow(_ row: UnsafeRawBufferPointer) throws(ImageError) {
        precondition(row.count == width * layout.byteCount && rowCount < height)
        try check { jpeg_shim_write_row(stream, row.assumingMemoryBound(to: UInt8.self).baseAddress) }
        rowCount += 1
    }

    /// Ends the file and puts it in its place.
    ///
    /// - Precondition: all rows are written, and `finish` was not called before.
    public func finish() throws(ImageError) {
        precondition(rowCount == height && !isFinished)
        try check { jpeg_shim_write_end(stream) }
        bytes = try output.finish()
        isFinished = true
    }

    private func check(_ step: () -> Bool) throws(ImageError) {
        try output.write(message: { String(cString: jpeg_shim_message(stream)) }, step)
    }
}

/// Makes sure that a format can hold a picture, before its file is begun.
func checkLongestSide(of format: PictureFormat, _ width: Int, _ height: Int, path: FilePath?) throws(ImageError) {
    guard max(width, height) <= format.longestSide else {
        throw .tooLongToWrite(path: path, PictureSize(width: width, height: height), format)
    }
}
