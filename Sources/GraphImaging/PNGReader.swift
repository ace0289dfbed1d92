import CGraphPNGShim
import Glibc
import SystemPackage

/// Reads a PNG of any kind row by row, with the samples that it has: palettes, transparent colours and samples of 1, 2 and
/// 4 bits are expanded, nothing else is changed.
///
/// Memory holds a few rows, or the whole picture when it is interlaced, and the chunks beside the pixels.
///
/// Source: Portable Network Graphics, W3C Recommendation, 3rd edition.
public final class PNGReader: PictureReader {
    /// Longest side of a picture read row by row, in pixels.
    public static let longestSide = 1 << 20
    /// Most pixels of a picture that is held whole: `Picture` and interlaced files.
    public static let mostPixelsInMemory = 1 << 27

    /// The file; nil for bytes in memory.
    public var path: FilePath? { input.path }
    /// Columns of the picture, in pixels.
    public let width: Int
    /// Rows of the picture, in pixels.
    public let height: Int
    /// What each row holds.
    public let layout: PixelLayout
    /// What the file tells of the picture beside its pixels.
    public let metadata: PictureMetadata
    /// What is lost in reading, each as a sentence without a point.
    public let losses: [String]
    /// Rows handed out so far.
    public private(set) var rowCount = 0

    private let input: PictureInput
    private let stream: OpaquePointer
    private let passCount: Int
    /// Bytes of the file that the last row may take, the end of the pixels' data included.
    private let mostBytesOfLastRow: Int
    /// All rows of an interlaced picture, from its first row on. Memory that no pass has reached is none yet.
    private var storedRows: UnsafeMutableRawPointer?
    /// libpng must not be called again after an error.
    private var failure: ImageError?

    /// Opens a file and reads its header.
    ///
    /// - Throws: when the file is missing, unreadable, no PNG, damaged, or too large.
    public convenience init(path: FilePath) throws(ImageError) { try self.init(PictureSource(path: path).input()) }

    /// Reads the header of a file in memory.
    ///
    /// - Parameter bytes: the whole file.
    /// - Throws: when they are no PNG, damaged, or the picture is too large.
    public convenience init(_ bytes: some Sequence<UInt8>) throws(ImageError) {
        try self.init(PictureSource(bytes).input())
    }

    init(_ input: PictureInput) throws(ImageError) {
        try input.check(is: .png)
        let chunks = try PNGChunks(input)
        guard let stream = png_shim_create_reader(input.file) else { throw .outOfMemory(path: input.path, .reading) }
        var header = PNGHeader()
        var pixels = PNGPixels()
        do throws(ImageError) {
            guard png_shim_read_header(stream, &header) else { throw readFailure(input, stream, .header) }
            try checkSize(header, of: input)
            guard png_shim_start_rows(stream, &pixels) else { throw readFailure(input, stream, .header) }
        } catch {
            png_shim_free(stream)
            throw error
        }
        self.input = input
        self.stream = stream
        width = Int(header.width)
        height = Int(header.height)
        passCount = Int(header.pass_count)
        // Rows that deflate cannot shrink take little more than they are; encoders leave some bytes, and no more than these.
        mostBytesOfLastRow = 2 * Int(header.stored_row_byte_count) + 1 << 16
        layout = PixelLayout(isGrey: pixels.is_grey, hasAlpha: pixels.has_alpha, bitDepth: Int(pixels.bit_depth))
        let told = CarriedMetadata(pngChunks: chunks.carried)
        metadata = told.metadata
        losses = chunks.losses + told.losses
    }

    deinit {
        free(storedRows)
        png_shim_free(stream)
    }

    /// Reads the next row into `row`, `width * layout.byteCount` bytes. With the last row the rest of the file is checked.
    ///
    /// - Throws: when the file is cut short or damaged; from then on each call throws the same.
    /// - Precondition: `rowCount < height`.
    public func readRow(into row: UnsafeMutableRawBufferPointer) throws(ImageError) {
        precondition(row.count == rowByteCount && rowCount < height)
        if let failure { throw failure }
        if passCount == 1 {
            guard readStored(row.baseAddress, isLast: rowCount + 1 == height) else {
                throw fail(.row(after: rowCount, of: height))
            }
        } else {
            let rows = if let storedRows { storedRows } else { try readPasses() }
            row.copyMemory(from: UnsafeRawBufferPointer(start: rows + rowCount * rowByteCount, count: rowByteCount))
        }
        if rowCount + 1 == height {
            free(storedRows)
            storedRows = nil
            guard png_shim_read_end(stream) else { throw fail(.end) }
        }
        rowCount += 1
    }

    private var rowByteCount: Int { width * layout.byteCount }

    private func readPasses() throws(ImageError) -> UnsafeMutableRawPointer {
        guard let rows = calloc(height, rowByteCount) else { throw .outOfMemory(path: path, .reading) }
        storedRows = rows
        for pass in 1...passCount {
            for y in 0..<height {
                let isLast = pass == passCount && y + 1 == height
                guard readStored(rows + y * rowByteCount, isLast: isLast) else { throw fail(.pass(pass, of: passCount)) }
            }
        }
        return rows
    }

    private func readStored(_ row: UnsafeMutableRawPointer?, isLast: Bool) -> Bool {
        let row = row?.assumingMemoryBound(to: UInt8.self)
        return isLast ? png_shim_read_last_row(stream, row, mostBytesOfLastRow) : png_shim_read_row(stream, row)
    }

    private func fail(_ place: ImageError.Place) -> ImageError {
        let error = readFailure(input, stream, place)
        failure = error
        return error
    }
}

private func checkSize(_ header: PNGHeader, of input: PictureInput) throws(ImageError) {
    let size = PictureSize(width: Int(header.width), height: Int(header.height))
    guard max(size.width, size.height) <= PNGReader.longestSide else { throw .tooLong(path: input.path, size) }
    if header.pass_count > 1, size.width * size.height > PNGReader.mostPixelsInMemory {
        throw .tooLargeInterlaced(path: input.path, size)
    }
    // Deflate makes at most 1032 bytes of one: a longest match of 258 bytes takes at least 2 bits.
    let storedByteCount = header.stored_row_byte_count * size.height
    guard storedByteCount / 1032 <= input.byteCount else {
        throw .impossibleSize(path: input.path, size, fileByteCount: input.byteCount)
    }
}

private func readFailure(_ input: PictureInput, _ stream: OpaquePointer, _ place: ImageError.Place) -> ImageError {
    if let error = input.systemError { return error }
    if feof(input.file) != 0 { return .cutShort(path: input.path, place) }
    return .damaged(path: input.path, place, message: String(cString: png_shim_message(stream)))
}
