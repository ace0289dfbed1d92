import SystemPackage

/// A picture that is written row by row from the top, to a file that appears when it is whole (see `AtomicFile`), or into
/// memory: the same bytes.
///
/// Each format has a class of its own below this one; ``PictureEncoding`` makes the one that is wanted.
public class PictureWriter {
    /// The file; nil for one in memory.
    public final var path: FilePath? { output.path }
    /// Columns of the picture, in pixels.
    public final let width: Int
    /// Rows of the picture, in pixels.
    public final let height: Int
    /// What each row holds.
    public final let layout: PixelLayout
    /// What the format cannot hold of what it was given, each as a sentence without a point.
    public final let losses: [String]
    /// Rows written so far.
    public private(set) final var rowCount = 0
    /// Of a picture in memory all bytes of the file, once it is finished.
    public private(set) final var bytes: [UInt8] = []

    final let output: PictureOutput
    private var isFinished = false

    init(_ output: PictureOutput, size: PictureSize, layout: PixelLayout, losses: [String]) {
        self.output = output
        width = size.width
        height = size.height
        self.layout = layout
        self.losses = losses
    }

    /// Writes the next row, `width * layout.byteCount` bytes.
    ///
    /// - Throws: when the disk is full; nothing is left of the file then, and each further call throws the same.
    /// - Precondition: `rowCount < height`.
    public final func writeRow(_ row: UnsafeRawBufferPointer) throws(ImageError) {
        precondition(row.count == width * layout.byteCount && rowCount < height)
        try encode(row)
        rowCount += 1
    }

    /// Ends the file and puts it in its place.
    ///
    /// - Throws: when the disk is full, or the format cannot hold the picture.
    /// - Precondition: all rows are written, and `finish` was not called before.
    public final func finish() throws(ImageError) {
        precondition(rowCount == height && !isFinished)
        try encodeEnd()
        bytes = try output.finish()
        isFinished = true
    }

    /// Takes the next row, of as many bytes as a row has.
    func encode(_ row: UnsafeRawBufferPointer) throws(ImageError) { preconditionFailure("each format has its own") }

    /// Brings to the output what is not there yet, when all rows have been taken.
    func encodeEnd() throws(ImageError) { preconditionFailure("each format has its own") }
}
