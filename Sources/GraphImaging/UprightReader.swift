import SystemPackage

/// A picture turned upright, as its Exif block tells that it is to be seen.
///
/// All of it is held in memory, since its first row may be the last column that is stored.
public final class UprightReader: PictureReader {
    /// The file; nil for bytes in memory.
    public var path: FilePath? { reader.path }
    /// Columns of the upright picture.
    public let width: Int
    /// Rows of the upright picture.
    public let height: Int
    /// What each row holds.
    public var layout: PixelLayout { reader.layout }
    /// As stored: sizes and orientation are those before the turn.
    public var metadata: PictureMetadata { reader.metadata }
    /// What is lost in reading.
    public var losses: [String] { reader.losses }
    /// Rows handed out so far.
    public private(set) var rowCount = 0

    private let reader: any PictureReader
    private let orientation: Orientation
    /// All upright rows, from the first that is asked for to the last.
    private var rows: [UInt8] = []

    /// - Throws: when the picture is too large to be held in memory.
    init(_ reader: any PictureReader, _ orientation: Orientation) throws(ImageError) {
        guard reader.width * reader.height <= PNGReader.mostPixelsInMemory else {
            throw .tooLargeTurned(path: reader.path, reader.size)
        }
        self.reader = reader
        self.orientation = orientation
        let upright = orientation.uprightSize(of: reader.size)
        width = upright.width
        height = upright.height
    }

    /// Reads the next row into `row`, `width * layout.byteCount` bytes. With the first row all are read.
    ///
    /// - Throws: when the file is cut short or damaged.
    /// - Precondition: `rowCount < height`.
    public func readRow(into row: UnsafeMutableRawBufferPointer) throws(ImageError) {
        precondition(row.count == width * layout.byteCount && rowCount < height)
        if rowCount == 0 { rows = orientation.upright(try stored(), size: reader.size, layout: layout) }
        rows.withUnsafeBytes {
            row.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[rowCount * row.count..<(rowCount + 1) * row.count]))
        }
        rowCount += 1
        if rowCount == height { rows = [] }
    }

    /// Memory grows with the rows that arrive, so that a header alone claims none.
    private func stored() throws(ImageError) -> [UInt8] {
        var row = [UInt8](repeating: 0, count: reader.width * layout.byteCount)
        var rows: [UInt8] = []
        for _ in 0..<reader.height {
            try reader.readRow(into: &row)
            rows.append(contentsOf: row)
        }
        return rows
    }
}

extension PictureReader {
    /// The picture as it is to be seen: itself, where its rows are stored from the top and from the left.
    ///
    /// - Throws: when it is too large to be turned in memory.
    public func upright() throws(ImageError) -> any PictureReader {
        let orientation = metadata.orientation
        return orientation == .topLeft ? self : try UprightReader(self, orientation)
    }
}
