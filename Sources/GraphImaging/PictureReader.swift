import SystemPackage

/// A picture that is read row by row from the top, whatever the format of its file.
///
/// Rows have the samples of the file: grey stays grey, 16 bits stay 16, alpha is there. Palettes and samples of 1, 2 and 4
/// bits are expanded. Samples are those of the picture's own colour space, which ``metadata`` tells.
public protocol PictureReader: AnyObject {
    /// The file; nil for bytes in memory.
    var path: FilePath? { get }
    /// As stored: the orientation that the metadata tells is not applied.
    var width: Int { get }
    /// Rows as stored.
    var height: Int { get }
    /// What each row holds.
    var layout: PixelLayout { get }
    /// What the file tells of the picture beside its pixels.
    var metadata: PictureMetadata { get }
    /// What is lost in reading, each as a sentence without a point: `CMYK becomes RGB`.
    var losses: [String] { get }
    /// Rows handed out so far.
    var rowCount: Int { get }

    /// Reads the next row into `row`, `width * layout.byteCount` bytes. With the last row the rest of the file is checked.
    ///
    /// - Throws: when the file is cut short or damaged; from then on each call throws the same.
    /// - Precondition: `rowCount < height`.
    func readRow(into row: UnsafeMutableRawBufferPointer) throws(ImageError)
}

extension PictureReader {
    /// Width and height as stored.
    public var size: PictureSize { PictureSize(width: width, height: height) }
}
