import GraphFiles
import SystemPackage

/// What is wrong with a picture or its file. The path is nil of a file in memory.
public enum ImageError: Error, Hashable, Sendable {
    /// The file system refused.
    case file(FileError)
    /// A file that is none of the formats that are read there.
    case notPicture(path: FilePath?, OtherFile, readable: [PictureFormat])
    /// A file of a format that only the package trait `Vips` brings.
    case notBuiltIn(path: FilePath?, PictureFormat, Task)
    /// The file ends early.
    case cutShort(path: FilePath?, Place)
    /// - Parameter message: the decoder's.
    case damaged(path: FilePath?, Place, message: String)
    /// Nothing is wrong with the file, but its decoder does not know the kind.
    ///
    /// - Parameter message: the decoder's.
    case unknownKind(path: FilePath?, PictureFormat, message: String)
    /// A side of more than ``PNGReader/longestSide`` pixels.
    case tooLong(path: FilePath?, PictureSize)
    /// More than ``PNGReader/mostPixelsInMemory`` pixels, which the picture as a whole would need.
    case tooLarge(path: FilePath?, PictureSize)
    /// More than ``PNGReader/mostPixelsInMemory`` pixels in a file that is interlaced.
    case tooLargeInterlaced(path: FilePath?, PictureSize)
    /// More than ``PNGReader/mostPixelsInMemory`` pixels in a file whose orientation is another than that of its rows.
    case tooLargeTurned(path: FilePath?, PictureSize)
    /// More than ``PNGReader/mostPixelsInMemory`` pixels in a JPEG whose rows are known only when all of it is read.
    case tooLargeProgressive(path: FilePath?, PictureSize)
    /// A side is longer than ``PictureFormat/longestSide`` of the format that it should be written in.
    case tooLongToWrite(path: FilePath?, PictureSize, PictureFormat)
    /// The name of a picture to be tells no format that is written.
    case unknownEnding(path: FilePath)
    /// The header declares more pixels than the file's bytes can hold.
    case impossibleSize(path: FilePath?, PictureSize, fileByteCount: Int)
    /// A picture to be made, of a side of more than ``PNGReader/longestSide`` pixels or more than
    /// ``PNGReader/mostPixelsInMemory`` in all.
    case tooLargeResult(PictureSize)
    /// The decoder or encoder gets no memory.
    case outOfMemory(path: FilePath?, Task)
    /// The encoder cannot write what it was given.
    case unwritable(path: FilePath?, message: String)
    /// Pictures of unequal sizes.
    case incomparable(PictureSize, PictureSize)
    /// Too few pixels are left inside a border.
    case tooSmallToCompare(PictureSize, border: Int, smallestSide: Int)
    /// The sides of a result are not so many times those of its picture.
    case notEnlarged(PictureSize, from: PictureSize, scale: Int)

    /// Where in a file.
    public enum Place: Hashable, Sendable {
        case signature
        case header
        /// Rows that were read before.
        case row(after: Int, of: Int)
        /// Of an interlaced file; 1 for the first.
        case pass(Int, of: Int)
        /// Of a JPEG whose rows are known only when all of it is read; 1 for the first.
        case scan(Int)
        /// Bytes that are there.
        case byte(after: Int, of: Int)
        case end
    }

    /// What was being done to the file.
    public enum Task: Hashable, Sendable {
        case reading, writing
    }
}

extension ImageError: CustomStringConvertible {
    /// The file; nil where the fault lies in pictures already read.
    public var path: FilePath? {
        switch self {
        case .file(let error): error.path
        case .notPicture(let path, _, _), .notBuiltIn(let path, _, _), .cutShort(let path, _), .damaged(let path, _, _),
            .unknownKind(let path, _, _),
            .tooLong(let path, _), .tooLarge(let path, _), .tooLargeInterlaced(let path, _),
            .tooLargeTurned(let path, _), .tooLargeProgressive(let path, _), .tooLongToWrite(let path, _, _),
            .impossibleSize(let path, _, _),
            .unwritable(let path, _):
            path
        case .outOfMemory(let path, _): path
        case .unknownEnding(let path): path
        case .tooLargeResult, .incomparable, .tooSmallToCompare, .notEnlarged: nil
        }
    }

    /// What is wrong and what to do about it, without the path.
    public var problem: String {
        switch self {
        case .file(.unreadable(_, .isFolder)): "is a folder; name a picture in it"
        case .file(let error): error.problem
        case .notPicture(_, let other, let readable): other.problem(readable: readable)
        case .notBuiltIn(_, let format, .reading):
            "is \(article(format.rawValue)) file, which graphc reads if it is built with its package trait Vips; or convert it to "
                + PictureFormat.list(PictureFormat.builtIn, "or")
        case .notBuiltIn(_, let format, .writing):
            "\(format) is written by graphc if it is built with its package trait Vips; or write "
                + PictureFormat.list(PictureFormat.builtIn, "or")
        case .cutShort(_, let place): "the file is cut short \(place)"
        case .damaged(_, let place, let message): "the file is damaged \(place) (\(message)); copy or export it again"
        case .unknownKind(_, let format, let message):
            "is \(article(format.rawValue)) file of a kind that is not read (\(message)); convert it to PNG"
        case .tooLong(_, let size): "\(size) pixels are too many: the longest side is \(PNGReader.longestSide)"
        case .tooLarge(_, let size): "\(size) pixels are too many to hold in memory; cut it into parts"
        case .tooLargeInterlaced(_, let size):
            "\(size) pixels are too many for an interlaced file; save it without interlacing"
        case .tooLargeTurned(_, let size):
            "\(size) pixels are too many to turn upright in memory; save it upright"
        case .tooLargeProgressive(_, let size):
            "\(size) pixels are too many for a progressive file; save it without progression"
        case .tooLongToWrite(_, let size, let format):
            "\(size) pixels are too many for \(format): the longest side is \(format.longestSide); write a PNG"
        case .unknownEnding:
            "pictures are written as \(PictureFormat.list(PictureFormat.builtIn, "or")); give it a name that ends in "
                + PictureFormat.builtIn.map { "." + $0.ending }.joined(separator: ", ")
        case .impossibleSize(_, let size, let fileByteCount):
            "\(fileByteCount) bytes cannot hold the \(size) pixels that its header declares"
        case .tooLargeResult(let size):
            "a result of \(size) pixels is too large: its longest side may be \(PNGReader.longestSide), and all its pixels "
                + "\(PNGReader.mostPixelsInMemory)"
        case .outOfMemory(_, .reading): "there is no memory left to read it"
        case .outOfMemory(_, .writing): "there is no memory left to write it"
        case .unwritable(_, let message): "cannot be written: \(message)"
        case .incomparable(let first, let second): "pictures of \(first) and \(second) pixels cannot be compared"
        case .tooSmallToCompare(let size, let border, let side):
            "\(size) pixels are too few to compare: inside a border of \(border) at least \(side)×\(side) must be left"
        case .notEnlarged(let size, let from, let scale):
            "a picture of \(size) pixels is not \(scale) times one of \(from)"
        }
    }

    public var description: String { path.map { "\($0): \(problem)" } ?? problem }
}

extension ImageError.Place: CustomStringConvertible {
    public var description: String {
        switch self {
        case .signature: "in its signature"
        case .header: "in its header"
        case .row(after: 0, _): "before its first row"
        case .row(let count, let height): "after row \(count) of \(height)"
        case .pass(let pass, let count): "in pass \(pass) of \(count)"
        case .scan(let scan): "in scan \(scan)"
        case .byte(let count, let all): "after \(count) of \(all) bytes"
        case .end: "after its last row"
        }
    }
}

/// What a body does to a file, its errors as those of pictures.
func inFile<Result>(_ body: () throws(FileError) -> Result) throws(ImageError) -> Result {
    do { return try body() } catch { throw .file(error) }
}

/// `a PNG`, `an AVIF`
func article(_ name: String) -> String { (name.first.map("AEIO".contains) ?? false ? "an " : "a ") + name }
