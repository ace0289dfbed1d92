import GraphFiles
import SystemPackage

/// A picture's file of any format that is read, or bytes in memory: read from its first row on as often as is wanted.
///
/// The file stays open, so that each reading is of the same bytes, whatever its name leads to by then. A pipe or device is
/// copied first, to a file without a name.
public final class PictureSource: Sendable {
    /// The file; nil for bytes in memory.
    public let path: FilePath?
    /// What the first bytes tell; nil where the file is of none of these formats.
    public let format: PictureFormat?

    /// Bytes of the whole file.
    public var byteCount: Int { file.byteCount }

    private let file: InputFile

    /// - Parameter acceptsPipes: whether a pipe or device is waited for and copied; it is refused otherwise.
    /// - Throws: when the file is missing, a folder, or unreadable; of a pipe also when there is no room for its copy.
    public convenience init(path: FilePath, acceptsPipes: Bool = true) throws(ImageError) {
        let file = try inFile { () throws(FileError) in
            acceptsPipes ? try InputFile(orCopyOf: path) : try InputFile(path)
        }
        try self.init(file, path: path)
    }

    /// Copies what is read of a stream to its end.
    ///
    /// - Parameters:
    ///   - descriptor: of the stream, which is not closed.
    ///   - name: what messages call it.
    /// - Throws: when it cannot be read, or there is no room for its copy.
    public convenience init(copying descriptor: FileDescriptor, name: FilePath) throws(ImageError) {
        let file = try inFile { () throws(FileError) in try InputFile(copying: descriptor, name: name) }
        try self.init(file, path: name)
    }

    /// - Parameter bytes: a whole file.
    public convenience init(_ bytes: some Sequence<UInt8>) throws(ImageError) {
        try self.init(InputFile(Array(bytes), name: ""), path: nil)
    }

    /// - Parameter path: what messages call the file; nil for bytes in memory.
    package init(_ file: InputFile, path: FilePath?) throws(ImageError) {
        self.file = file
        self.path = path
        format = PictureFormat(start: try PictureInput(file, path: path).start)
    }

    /// The picture as it is stored, of which no row has been read.
    ///
    /// - Throws: what the file is, where it is no picture or of a format that is not built in; when it is damaged or too large.
    public func reader() throws(ImageError) -> any PictureReader {
        let input = try input()
        switch format {
        case .png: return try PNGReader(input)
        case .jpeg: return try JPEGReader(input)
        case .webp: return try WebPReader(input)
        case .tiff?, .heic?, .avif?, .jpegXL?:
            #if Vips
                return try VipsReader(input, format!)
            #else
                throw .notBuiltIn(path: path, format!, .reading)
            #endif
        case nil: throw PictureFormat.refusal(of: input.start, path: path, readable: PictureFormat.builtIn)
        }
    }

    /// The picture's sides as it is to be seen.
    ///
    /// - Throws: what ``reader()`` throws.
    public func uprightSize() throws(ImageError) -> PictureSize {
        let reader = try reader()
        return reader.metadata.orientation.uprightSize(of: reader.size)
    }

    /// The file from its first byte on.
    func input() throws(ImageError) -> PictureInput { try PictureInput(file, path: path) }
}
