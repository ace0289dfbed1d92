import SystemPackage

/// A picture that is written row by row from the top, to a file that appears when it is whole (see `AtomicFile`), or into
/// memory: the same bytes.
public protocol PictureWriter: AnyObject {
    /// The file; nil for one in memory.
    var path: FilePath? { get }
    /// Columns of the picture, in pixels.
    var width: Int { get }
    /// Rows of the picture, in pixels.
    var height: Int { get }
    /// What each row holds.
    var layout: PixelLayout { get }
    /// What the format cannot hold of what it was given, each as a sentence without a point.
    var losses: [String] { get }
    /// Rows written so far.
    var rowCount: Int { get }
    /// Of a picture in memory all bytes of the file, once it is finished.
    var bytes: [UInt8] { get }

    /// Writes the next row, `width * layout.byteCount` bytes.
    ///
    /// - Throws: when the disk is full; nothing is left of the file then, and each further call throws the same.
    /// - Precondition: `rowCount < height`.
    func writeRow(_ row: UnsafeRawBufferPointer) throws(ImageError)

    /// Ends the file and puts it in its place.
    ///
    /// - Precondition: all rows are written, and `finish` was not called before.
    func finish() throws(ImageError)
}
