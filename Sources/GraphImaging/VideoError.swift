import GraphFiles
import SystemPackage

/// What is wrong with raw video. The path is nil of bytes in memory.
public enum VideoError: Error, Hashable, Sendable {
    /// The file system refused.
    case file(FileError)
    /// The first line.
    case header(path: FilePath?, HeaderProblem)
    /// Frames of more than ``PNGReader/mostPixelsInMemory`` pixels, or of a side longer than ``PNGReader/longestSide``.
    case tooLarge(path: FilePath?, PictureSize)
    /// Frames to be made that would be too large, in the same way.
    case tooLargeResult(path: FilePath?, PictureSize)
    /// What should be the head of a frame is something else.
    ///
    /// - Parameter frame: counted from 1.
    case damaged(path: FilePath?, frame: Int)
    /// It ends within a frame.
    ///
    /// - Parameter frame: counted from 1.
    case cutShort(path: FilePath?, frame: Int)

    /// Why the first line is not one that is read.
    public enum HeaderProblem: Hashable, Sendable, Error {
        /// The file begins with something else than the signature.
        case noVideo
        /// It ends within the line.
        case cutShort
        /// The line has no end within the bytes that one may have.
        case tooLong
        /// A tag that has to be there, as `W`.
        case missing(tag: String)
        /// A tag that is there twice.
        case repeated(tag: String)
        /// A tag with something else behind it than belongs there, as `W12x`.
        case unreadable(tag: String)
        /// Samples lie in a way that is not known.
        case unknownLayout(name: String)
        /// Each frame is two pictures of different times, of which one has the even rows.
        case interlaced
    }
}

extension VideoError: CustomStringConvertible {
    /// The file; nil for bytes in memory.
    public var path: FilePath? {
        switch self {
        case .file(let error): error.path
        case .header(let path, _), .tooLarge(let path, _), .tooLargeResult(let path, _), .damaged(let path, _),
            .cutShort(let path, _):
            path
        }
    }

    /// What is wrong and what to do about it, without the path.
    public var problem: String {
        switch self {
        case .file(let error): error.problem
        case .header(_, let problem): problem.description
        case .tooLarge(_, let size), .tooLargeResult(_, let size):
            "frames of \(size) pixels are too large: their longest side may be \(PNGReader.longestSide), and all their "
                + "pixels \(PNGReader.mostPixelsInMemory)"
        case .damaged(_, let frame): "the video is damaged before frame \(frame), which does not begin with FRAME; make it again"
        case .cutShort(_, let frame): "the video is cut short in frame \(frame)"
        }
    }

    public var description: String { path.map { "\($0): \(problem)" } ?? problem }
}

extension VideoError.HeaderProblem: CustomStringConvertible {
    public var description: String {
        switch self {
        case .noVideo: "is no raw video, which begins with YUV4MPEG2; ffmpeg makes it by -f yuv4mpegpipe"
        case .cutShort: "the video is cut short in its header"
        case .tooLong: "the video's header has no end within \(VideoHeader.byteLimit) bytes; make it again"
        case .missing(let tag): "the video's header lacks \(tag); make it again"
        case .repeated(let tag): "the video's header has \(tag) twice; make it again"
        case .unreadable(let tag): "the video's header is damaged at '\(tag.shown)'; make it again"
        case .unknownLayout(let name):
            "the video's samples lie as '\(name.shown)', which is not known; convert it by ffmpeg's -pix_fmt yuv420p or yuv444p"
        case .interlaced:
            "the video is interlaced; make whole frames of it by ffmpeg's -vf yadif, or by -vf setfield=prog if they are whole"
        }
    }
}
