import CPNG
import CPNGShim
import Glibc
import GraphFiles

/// Writes an 8-bit RGB PNG row by row. The file appears when it is whole: see `AtomicFile`.
public final class PNGWriter {
    public let path: String
    public let width: Int
    public let height: Int
    /// Rows written so far.
    public private(set) var rowCount = 0

    private let output: AtomicFile
    /// The same file, as libpng writes it.
    private let file: UnsafeMutablePointer<FILE>
    private let stream: OpaquePointer
    /// libpng must not be called again after an error.
    private var failure: ImageError?
    private var isFinished = false

    /// - Throws: when the folder cannot be written to.
    /// - Precondition: `0 < width`, `0 < height`, both below 2³¹.
    public init(path: String, width: Int, height: Int) throws(ImageError) {
        let output = try inFile { () throws(FileError) in try AtomicFile(path: path, acceptsDevices: true) }
        let noMemory = ImageError.outOfMemory(path: path, .writing)
        guard let file = fdopen(dup(output.descriptor), "wb") else { throw noMemory }
        guard let stream = png_shim_create_writer(file) else {
            fclose(file)
            throw noMemory
        }
        self.path = path
        self.width = width
        self.height = height
        self.output = output
        self.file = file
        self.stream = stream
        try check {
            png_shim_write_header(stream, UInt32(width), UInt32(height), pngCompressionLevel, pngFilters)
        }
    }

    deinit {
        png_shim_free(stream)
        fclose(file)
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
        try check { png_shim_write_end(stream) && fflush(file) == 0 }
        try inFile { () throws(FileError) in
            try output.synchronize()
            try output.commit()
        }
        isFinished = true
    }

    private func check(_ step: () -> Bool) throws(ImageError) {
        if let failure { throw failure }
        errno = 0
        if step() { return }
        let message = String(cString: png_shim_message(stream))
        let error: ImageError =
            errno != 0 ? .file(output.failure(.latest)) : .unwritable(path: path, message: message)
        failure = error
        throw error
    }
}

/// Half the time of level 3 for 2% more bytes, an eighth of that of libpng's defaults for 10%: zlib takes 17, 30 and
/// 141 ms for Set14's `monarch`.
let pngCompressionLevel: Int32 = 2
let pngFilters = Int32(PNG_FILTER_PAETH)

extension Picture {
    /// Writes the picture as an 8-bit RGB PNG.
    public func writePNG(to path: String) throws(ImageError) {
        let writer = try PNGWriter(path: path, width: width, height: height)
        try pixels.withUnsafeBufferPointer { (bytes) throws(ImageError) in
            for y in 0..<height {
                try writer.writeRow(UnsafeBufferPointer(rebasing: bytes[y * rowStride..<(y + 1) * rowStride]))
            }
        }
        try writer.finish()
    }
}
