import CGraphPNGShim
import Glibc
import GraphFiles
import SystemPackage

/// Reads a PNG row by row as 8-bit RGB, whatever its kind.
///
/// Palettes and 1, 2 and 4 bits are expanded, grey becomes RGB, 16 bits are scaled to 8 with rounding,
/// and what is transparent is composited over white. Gamma, profiles and other colour management are
/// ignored: samples are taken as sRGB. Memory holds a few rows, or the whole picture when it is
/// interlaced.
///
/// Source: Portable Network Graphics, W3C Recommendation, 3rd edition.
public final class PNGReader {
    /// Longest side of a picture read row by row, in pixels.
    public static let longestSide = 1 << 20
    /// Most pixels of a picture that is held whole: `Picture` and interlaced files.
    public static let mostPixelsInMemory = 1 << 27

    /// The file; nil for bytes in memory.
    public let path: String?
    /// Columns of the picture, in pixels.
    public let width: Int
    /// Rows of the picture, in pixels.
    public let height: Int
    /// Whether the file holds a grey picture: red, green and blue are equal.
    public let isGrey: Bool
    /// Rows handed out so far.
    public private(set) var rowCount = 0

    private let file: UnsafeMutablePointer<FILE>
    /// What `file` reads, where that is memory.
    private let bytes: UnsafeMutableRawBufferPointer?
    private let stream: OpaquePointer
    private let passCount: Int
    /// Bytes of a pixel as libpng hands it over: RGB in 3, RGBA in 4, or RGBA of 16 bits in 8.
    private let pixelByteCount: Int
    /// Rows as libpng hands them over: all rows of an interlaced picture, the current one of others.
    private var storedRows: [UInt8] = []
    /// libpng must not be called again after an error.
    private var failure: ImageError?

    /// Opens a file and reads its header.
    ///
    /// - Throws: when the file is missing, unreadable, no PNG, damaged, or too large.
    public convenience init(path: String) throws(ImageError) {
        let (file, byteCount) = try openPNG(path)
        try self.init(file, byteCount: byteCount, path: path, bytes: nil)
    }

    /// Reads the header of a file in memory.
    ///
    /// - Parameter bytes: the whole file, of which the reader keeps a copy.
    /// - Throws: when they are no PNG, damaged, or the picture is too large.
    public convenience init(_ bytes: some Sequence<UInt8>) throws(ImageError) {
        let (file, copy) = try openPNG(in: Array(bytes))
        try self.init(file, byteCount: copy.count, path: nil, bytes: copy)
    }

    /// - Parameters:
    ///   - file: past its signature; it is closed in any case.
    ///   - bytes: what the file reads from memory, which is given back in any case.
    private init(
        _ file: UnsafeMutablePointer<FILE>, byteCount: Int?, path: String?, bytes: UnsafeMutableRawBufferPointer?
    ) throws(ImageError) {
        guard let stream = png_shim_create_reader(file) else {
            fclose(file)
            bytes?.deallocate()
            throw .outOfMemory(path: path, .reading)
        }
        var header = PNGHeader()
        var pixelByteCount = 0
        do throws(ImageError) {
            guard png_shim_read_header(stream, &header) else {
                throw readFailure(path: path, stream: stream, file: file, place: .header)
            }
            try checkSize(header, fileByteCount: byteCount, path: path)
            guard png_shim_start_rows(stream, &pixelByteCount) else {
                throw readFailure(path: path, stream: stream, file: file, place: .header)
            }
        } catch {
            png_shim_free(stream)
            fclose(file)
            bytes?.deallocate()
            throw error
        }
        self.path = path
        self.file = file
        self.bytes = bytes
        self.stream = stream
        width = Int(header.width)
        height = Int(header.height)
        isGrey = header.is_grey
        passCount = Int(header.pass_count)
        self.pixelByteCount = pixelByteCount
    }

    deinit {
        png_shim_free(stream)
        fclose(file)
        bytes?.deallocate()
    }

    /// Reads the next row into `row`, `3 * width` bytes. With the last row the rest of the file is checked.
    ///
    /// - Throws: when the file is cut short or damaged; from then on each call throws the same.
    /// - Precondition: `rowCount < height`.
    public func readRow(into row: UnsafeMutableBufferPointer<UInt8>) throws(ImageError) {
        precondition(row.count == 3 * width && rowCount < height)
        if let failure { throw failure }
        if rowCount == 0 {
            storedRows = [UInt8](
                repeating: 0, count: pixelByteCount * width * (passCount > 1 ? height : 1))
            if passCount > 1 { try readPasses() }
        }
        if passCount == 1 {
            guard png_shim_read_row(stream, &storedRows) else {
                throw fail(.row(after: rowCount, of: height))
            }
        }
        storedRows.withUnsafeBufferPointer { rows in
            let first = passCount > 1 ? rowCount * pixelByteCount * width : 0
            convertRow(
                UnsafeBufferPointer(rebasing: rows[first..<first + pixelByteCount * width]),
                pixelByteCount: pixelByteCount, into: row)
        }
        if rowCount + 1 == height {
            storedRows = []
            guard png_shim_read_end(stream) else { throw fail(.end) }
        }
        rowCount += 1
    }

    private func readPasses() throws(ImageError) {
        let stride = pixelByteCount * width
        let failedPass = storedRows.withUnsafeMutableBufferPointer { rows -> Int? in
            for pass in 1...passCount {
                for y in 0..<height where !png_shim_read_row(stream, rows.baseAddress! + y * stride) {
                    return pass
                }
            }
            return nil
        }
        if let failedPass { throw fail(.pass(failedPass, of: passCount)) }
    }

    private func fail(_ place: ImageError.Place) -> ImageError {
        let error = readFailure(path: path, stream: stream, file: file, place: place)
        failure = error
        return error
    }
}

extension Picture {
    /// Reads a whole PNG, converted as `PNGReader` does.
    ///
    /// Memory grows with the rows that arrive, so that a header alone claims none.
    public init(contentsOfPNG path: String) throws(ImageError) { try self.init(PNGReader(path: path)) }

    /// Reads a whole PNG in memory, converted as `PNGReader` does.
    ///
    /// - Parameter bytes: the whole file.
    public init(png bytes: some Sequence<UInt8>) throws(ImageError) { try self.init(PNGReader(bytes)) }

    private init(_ reader: PNGReader) throws(ImageError) {
        guard reader.width * reader.height <= PNGReader.mostPixelsInMemory else {
            throw .tooLarge(path: reader.path, reader.size)
        }
        try self.init(reader, rows: 0..<reader.height)
    }

    /// Reads rows of a file of which none has been read yet.
    init(_ reader: PNGReader, rows: Range<Int>) throws(ImageError) {
        var row = [UInt8](repeating: 0, count: 3 * reader.width)
        var pixels: [UInt8] = []
        for y in 0..<rows.upperBound {
            try row.withUnsafeMutableBufferPointer { (bytes) throws(ImageError) in
                try reader.readRow(into: bytes)
            }
            if y >= rows.lowerBound { pixels.append(contentsOf: row) }
        }
        self.init(width: reader.width, height: rows.count, pixels: pixels)
    }
}

/// RGB from a row as libpng hands it over, composited over white where it has alpha.
private func convertRow(
    _ stored: UnsafeBufferPointer<UInt8>, pixelByteCount: Int, into row: UnsafeMutableBufferPointer<UInt8>
) {
    guard pixelByteCount > 3 else {
        _ = row.update(fromContentsOf: stored)
        return
    }
    let sampleByteCount = pixelByteCount / 4
    let top = sampleByteCount == 1 ? 255 : 65535
    for x in 0..<row.count / 3 {
        func sample(_ channel: Int) -> Int {
            let first = x * pixelByteCount + channel * sampleByteCount
            return sampleByteCount == 1 ? Int(stored[first]) : Int(stored[first]) << 8 | Int(stored[first + 1])
        }
        let alpha = sample(3)
        for channel in 0..<3 {
            let composite = sample(channel) * alpha + top * (top - alpha)
            row[3 * x + channel] = UInt8((255 * composite + top * top / 2) / (top * top))
        }
    }
}

/// The file past its signature, and its size in bytes where it is a regular file.
private func openPNG(_ path: String) throws(ImageError) -> (UnsafeMutablePointer<FILE>, byteCount: Int?) {
    guard let file = fopen(path, "rbe") else {
        throw .file(.unreadable(path: path, errno == ENOENT ? .missing : .system(.latest)))
    }
    do throws(ImageError) {
        var status = stat()
        guard fstat(fileno(file), &status) == 0 else {
            throw .file(.unreadable(path: path, .system(.latest)))
        }
        let type = status.st_mode & S_IFMT
        guard type != S_IFDIR else {
            throw .file(.unreadable(path: path, .isFolder))
        }
        var start = [UInt8](repeating: 0, count: pngSignatureByteCount)
        let count = fread(&start, 1, start.count, file)
        guard ferror(file) == 0 else {
            throw .file(.unreadable(path: path, .system(.latest)))
        }
        if let error = PictureFormat.png.refusal(of: start.prefix(count), path: path) { throw error }
        return (file, type == S_IFREG ? Int(status.st_size) : nil)
    } catch {
        fclose(file)
        throw error
    }
}

/// Bytes in memory as a file past its signature, and the copy that it reads.
private func openPNG(
    in bytes: [UInt8]
) throws(ImageError) -> (UnsafeMutablePointer<FILE>, UnsafeMutableRawBufferPointer) {
    if let error = PictureFormat.png.refusal(of: bytes.prefix(pngSignatureByteCount), path: nil) { throw error }
    let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 1)
    copy.copyBytes(from: bytes)
    guard let file = fmemopen(copy.baseAddress, copy.count, "r"), fseek(file, pngSignatureByteCount, SEEK_SET) == 0 else {
        copy.deallocate()
        throw .outOfMemory(path: nil, .reading)
    }
    return (file, copy)
}

private let pngSignatureByteCount = 8

private func checkSize(_ header: PNGHeader, fileByteCount: Int?, path: String?) throws(ImageError) {
    let size = PictureSize(width: Int(header.width), height: Int(header.height))
    guard max(size.width, size.height) <= PNGReader.longestSide else { throw .tooLong(path: path, size) }
    if header.pass_count > 1, size.width * size.height > PNGReader.mostPixelsInMemory {
        throw .tooLargeInterlaced(path: path, size)
    }
    // Deflate makes at most 1032 bytes of one: a longest match of 258 bytes takes at least 2 bits.
    let storedByteCount = header.stored_row_byte_count * size.height
    if let fileByteCount, storedByteCount / 1032 > fileByteCount {
        throw .impossibleSize(path: path, size, fileByteCount: fileByteCount)
    }
}

private func readFailure(
    path: String?, stream: OpaquePointer, file: UnsafeMutablePointer<FILE>, place: ImageError.Place
) -> ImageError {
    let systemError = Errno.latest
    if ferror(file) != 0 { return .file(.unreadable(path: path ?? "", .system(systemError))) }
    if feof(file) != 0 { return .cutShort(path: path, place) }
    return .damaged(path: path, place, message: String(cString: png_shim_message(stream)))
}
