import CGraphPNG
import CGraphPNGShim

/// Writes an 8-bit RGB PNG row by row, to a file that appears when it is whole (see `AtomicFile`), or into memory: the
/// same bytes.
public final class PNGWriter {
    /// The file; nil for one in memory.
    public let path: String?
    /// Columns of the picture, in pixels.
    public let width: Int
    /// Rows of the picture, in pixels.
    public let height: Int
    /// Rows written so far.
    public private(set) var rowCount = 0
    /// Of a picture in memory all bytes of the file, once it is finished.
    public private(set) var bytes: [UInt8] = []

    private let output: PictureOutput
    /// The same, as libpng writes it.
    private let stream: OpaquePointer
    private var isFinished = false

    /// - Throws: when the folder cannot be written to.
    /// - Precondition: `0 < width`, `0 < height`, both below 2³¹.
    public convenience init(path: String, width: Int, height: Int) throws(ImageError) {
        try self.init(PictureOutput(path: path), width: width, height: height)
    }

    /// Writes into memory: ``bytes`` holds the file after ``finish()``.
    ///
    /// - Throws: when there is no memory left.
    /// - Precondition: `0 < width`, `0 < height`, both below 2³¹.
    public convenience init(width: Int, height: Int) throws(ImageError) {
        try self.init(PictureOutput(), width: width, height: height)
    }

    private init(_ output: PictureOutput, width: Int, height: Int) throws(ImageError) {
        guard let stream = png_shim_create_writer(output.file) else {
            throw .outOfMemory(path: output.path, .writing)
        }
        path = output.path
        self.width = width
        self.height = height
        self.output = output
        self.stream = stream
        try check {
            png_shim_write_header(stream, UInt32(width), UInt32(height), pngCompressionLevel, pngFilters)
        }
    }

    deinit {
        png_shim_free(stream)
    }

    /// Writes the next row, `3 * width` bytes.
    ///
    /// - Throws: when the disk is full; nothing is left of the file then, and each further call throws the same.
    /// - Precondition: `rowCount < height`.
    public func writeRow(_ row: UnsafeBufferPointer<UInt8>) throws(ImageError) {
        precondition(row.count == 3 * width && rowCount < height)
        try check { png_shim_write_row(stream, row.baseAddress) }
        rowCount += 1
    }

    /// Ends the file and puts it in its place.
    ///
    /// - Precondition: all rows are written, and `finish` was not called before.
    public func finish() throws(ImageError) {
        precondition(rowCount == height && !isFinished)
        try check { png_shim_write_end(stream) }
        bytes = try output.finish()
        isFinished = true
    }

    private func check(_ step: () -> Bool) throws(ImageError) {
        try output.write(message: { String(cString: png_shim_message(stream)) }, step)
    }
}

/// Half the time of level 3 for 2% more bytes, an eighth of that of libpng's defaults for 10%: zlib takes 17, 30 and
/// 141 ms for Set14's `monarch`.
let pngCompressionLevel: Int32 = 2
let pngFilters = Int32(PNG_FILTER_PAETH)

extension Picture {
    /// Writes the picture as an 8-bit RGB PNG.
    public func writePNG(to path: String) throws(ImageError) {
        try write(to: PNGWriter(path: path, width: width, height: height))
    }

    /// The picture as the bytes of an 8-bit RGB PNG file, those that ``writePNG(to:)`` writes.
    ///
    /// - Throws: when there is no memory left.
    public func pngBytes() throws(ImageError) -> [UInt8] {
        let writer = try PNGWriter(width: width, height: height)
        try write(to: writer)
        return writer.bytes
    }

    private func write(to writer: PNGWriter) throws(ImageError) {
        try pixels.withUnsafeBufferPointer { (bytes) throws(ImageError) in
            for y in 0..<height {
                try writer.writeRow(UnsafeBufferPointer(rebasing: bytes[y * rowStride..<(y + 1) * rowStride]))
            }
        }
        try writer.finish()
    }
}
