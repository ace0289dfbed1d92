import CGraphJPEGShim
import SystemPackage

/// Reads a JPEG row by row: grey as grey, all else as RGB, with 8 bits.
///
/// Pixels are those of libjpeg's `djpeg`. Memory holds some rows, or the coefficients of the whole picture where the file
/// is progressive or has several scans: then all of it is read with the first row.
///
/// Source: ISO/IEC 10918-1 and 10918-5 (JFIF).
public final class JPEGReader: PictureReader {
    /// Most scans of a file; ten are usual. A few bytes may make a scan that takes as long as the whole picture does.
    public static let mostScans = 100

    /// As many as a small picture may have, and a large one in the same time; never fewer than encoders make.
    private static func mostScans(of size: PictureSize) -> Int {
        max(20, min(mostScans, (1 << 28) / (size.width * size.height)))
    }

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
    /// What is lost in reading, each as a sentence without a point; the last row may bring one more.
    public private(set) var losses: [String]
    /// Rows handed out so far.
    public private(set) var rowCount = 0

    private let input: PictureInput
    private let stream: OpaquePointer
    private let header: JPEGHeader
    /// A row as libjpeg hands it over, where that is not as it is handed out.
    private var inks: [UInt8] = []
    /// libjpeg must not be called again after an error.
    private var failure: ImageError?

    /// Opens a file and reads its header.
    ///
    /// - Throws: when the file is missing, unreadable, no JPEG, damaged, of a kind that is not read, or too large.
    public convenience init(path: FilePath) throws(ImageError) { try self.init(PictureSource(path: path).input()) }

    /// Reads the header of a file in memory.
    ///
    /// - Parameter bytes: the whole file.
    /// - Throws: when they are no JPEG, damaged, of a kind that is not read, or the picture is too large.
    public convenience init(_ bytes: some Sequence<UInt8>) throws(ImageError) {
        try self.init(PictureSource(bytes).input())
    }

    init(_ input: PictureInput) throws(ImageError) {
        try input.check(is: .jpeg)
        guard let stream = jpeg_shim_create_reader(input.file) else {
            throw .outOfMemory(path: input.path, .reading)
        }
        var header = JPEGHeader()
        do throws(ImageError) {
            guard jpeg_shim_read_header(stream, &header) else { throw readFailure(input, stream, .header) }
            try check(header, of: input)
            let size = PictureSize(width: Int(header.width), height: Int(header.height))
            jpeg_shim_limit_scans(stream, Int32(Self.mostScans(of: size)))
        } catch {
            jpeg_shim_free(stream)
            throw error
        }
        self.input = input
        self.stream = stream
        self.header = header
        width = Int(header.width)
        height = Int(header.height)
        layout = PixelLayout(isGrey: header.sample_count == 1)
        var told = JPEGSegments(of: stream).told
        if header.has_density { told.metadata.resolution = PictureMetadata.Resolution(header.density) }
        if header.sample_count == 4 {
            told.losses.insert("CMYK becomes RGB", at: 0)
            if told.metadata.iccProfile != nil { told.losses.append("the colour profile is of CMYK and left out") }
            told.metadata.iccProfile = nil
        }
        metadata = told.metadata
        losses = told.losses
    }

    deinit { jpeg_shim_free(stream) }

    /// Reads the next row into `row`, `width * layout.byteCount` bytes. With the last row the end of the file is checked.
    ///
    /// - Throws: when the file is cut short or damaged; from then on each call throws the same.
    /// - Precondition: `rowCount < height`.
    public func readRow(into row: UnsafeMutableRawBufferPointer) throws(ImageError) {
        precondition(row.count == width * layout.byteCount && rowCount < height)
        if let failure { throw failure }
        if rowCount == 0 {
            if header.sample_count == 4 { inks = [UInt8](repeating: 0, count: 4 * width) }
            guard jpeg_shim_start_rows(stream) else { throw fail(placeOfRow) }
        }
        let pixels = row.assumingMemoryBound(to: UInt8.self)
        if inks.isEmpty {
            guard jpeg_shim_read_row(stream, pixels.baseAddress) else { throw fail(placeOfRow) }
        } else {
            guard jpeg_shim_read_row(stream, &inks) else { throw fail(placeOfRow) }
            convertInks(inks, areInverted: header.has_adobe_marker, into: pixels)
        }
        if rowCount + 1 == height {
            guard jpeg_shim_read_end(stream) else { throw fail(.end) }
            if jpeg_shim_has_spare_bytes(stream) {
                losses.append("some bytes after the last row are no part of the picture, which may be damaged")
            }
        }
        rowCount += 1
    }

    /// Where the file is read for the next row.
    private var placeOfRow: ImageError.Place {
        header.has_several_scans ? .scan(Int(jpeg_shim_scan(stream))) : .row(after: rowCount, of: height)
    }

    private func fail(_ place: ImageError.Place) -> ImageError {
        let error = readFailure(input, stream, place)
        failure = error
        return error
    }
}

/// Whether a picture with this header can be read, in memory that stands in proportion to the file.
private func check(_ header: JPEGHeader, of input: PictureInput) throws(ImageError) {
    let size = PictureSize(width: Int(header.width), height: Int(header.height))
    guard header.sample_count > 0 else {
        throw .unknownKind(path: input.path, .jpeg, message: "\(header.component_count) colours")
    }
    if header.has_several_scans, size.width * size.height > PNGReader.mostPixelsInMemory {
        throw .tooLargeProgressive(path: input.path, size)
    }
    // A block of 8 × 8 pixels takes at least one bit, that of a difference of 0. Arithmetic coding knows parts of bits.
    if !header.is_arithmetic, size.width * size.height / 512 > input.byteCount {
        throw .impossibleSize(path: input.path, size, fileByteCount: input.byteCount)
    }
}

/// RGB from inks of cyan, magenta, yellow and black, of which each leaves a part of the light: there is no profile here to
/// tell more exactly.
///
/// - Parameter areInverted: 255 is no ink.
private func convertInks(_ inks: [UInt8], areInverted: Bool, into row: UnsafeMutableBufferPointer<UInt8>) {
    let inversion: UInt8 = areInverted ? 0 : 255
    for x in 0..<row.count / 3 {
        let black = Int(inks[4 * x + 3] ^ inversion)
        for channel in 0..<3 {
            row[3 * x + channel] = UInt8((Int(inks[4 * x + channel] ^ inversion) * black + 127) / 255)
        }
    }
}

private func readFailure(_ input: PictureInput, _ stream: OpaquePointer, _ place: ImageError.Place) -> ImageError {
    if let error = input.systemError { return error }
    let message = String(cString: jpeg_shim_message(stream))
    return switch jpeg_shim_failure(stream) {
    case .cutShort: .cutShort(path: input.path, place)
    case .damaged: .damaged(path: input.path, place, message: message)
    case .unsupported: .unknownKind(path: input.path, .jpeg, message: message)
    case .outOfMemory: .outOfMemory(path: input.path, .reading)
    }
}
