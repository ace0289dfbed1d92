import GraphFiles
import SystemPackage

/// What a file or stream turns out to hold, by its first bytes.
public enum PictureOrVideo {
    /// A picture, or what is neither, of which ``PictureSource/reader()`` says what it is.
    case picture(PictureSource)
    /// Raw video, which is read as it comes.
    case video(VideoReader)

    /// Opens a file, a pipe or a device.
    ///
    /// - Throws: when it cannot be read; what is wrong with a video's header.
    public init(path: FilePath) throws {
        let input = try inFile { () throws(FileError) in try StreamInput(path: path) }
        self = try Self.opened(input) ?? .picture(input.byteCount == nil ? Self.copy(of: input) : PictureSource(path: path))
    }

    /// Reads what is open already, as standard input. A picture is copied to its end.
    ///
    /// - Parameters:
    ///   - descriptor: is not closed.
    ///   - name: what messages call it.
    /// - Throws: when it cannot be read; what is wrong with a video's header.
    public init(_ descriptor: FileDescriptor, name: FilePath) throws {
        let input = StreamInput(descriptor, name: name)
        self = try Self.opened(input) ?? .picture(Self.copy(of: input))
    }

    private static func opened(_ input: StreamInput) throws -> PictureOrVideo? {
        let start = try inFile { () throws(FileError) in try input.start(VideoHeader.signature.count) }
        return VideoHeader.begins(start) ? .video(try VideoReader(input)) : nil
    }

    /// A stream that is no picture is refused by its beginning: it may have no end.
    private static func copy(of input: StreamInput) throws(ImageError) -> PictureSource {
        let start = try inFile { () throws(FileError) in try input.start(PictureFormat.startByteCount) }
        guard PictureFormat(start: start) != nil else {
            throw PictureFormat.refusal(of: start, path: input.path, readable: PictureFormat.builtIn)
        }
        return try PictureSource(inFile { () throws(FileError) in try input.copy() }, path: input.path)
    }
}
