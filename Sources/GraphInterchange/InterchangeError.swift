import GraphFiles
import GraphPack
import SystemPackage

/// Why a file of another program, or the rules for its names, cannot be read, followed or written.
public enum InterchangeError: Error, Hashable, Sendable {
    /// The file system refused.
    case file(FileError)
    /// The file is a pack, and cannot be read as one.
    case pack(PackError)
    /// The file is no safetensors file, nor any other that is known.
    case notSafeTensors(path: FilePath, OtherFile)
    /// The file is of a known format that is not read.
    case otherFormat(path: FilePath, OtherFormat, wanted: OtherFormat.Wanted)
    /// A ZIP archive of something else than arrays or a checkpoint.
    ///
    /// - Parameter entry: the first of what it holds.
    case otherArchive(path: FilePath, entry: String)
    /// The file is larger than this program reads.
    case tooLarge(path: FilePath, byteCount: Int, limit: Int)
    /// A checkpoint from a machine of the other byte order.
    case bigEndianCheckpoint(path: FilePath)
    /// The pickle of a checkpoint holds more than tensors' names and shapes.
    case largePickle(path: FilePath, byteLimit: Int)
    /// The file is neither a network that is known, nor weights.
    case notNetwork(path: FilePath)
    /// The file breaks a rule of its format, or holds what is not read.
    case damaged(path: FilePath, FormatFault)
    /// The contents are not what the format can hold.
    case unstorable(path: FilePath, FormatFault)
    /// A file of rules that is no text, or far too long.
    case notRules(path: FilePath)
    /// A line is no rule, or the rules cannot be followed with the tensors that are there.
    case unusableRules(name: FilePath, FormatFault)

    /// What a file is that has no header of a safetensors file.
    public enum OtherFile: Hashable, Sendable {
        case tooShort(byteCount: Int)
        /// The first bytes promise a longer header than there can be.
        case headerLength(promised: UInt64, possible: Int)
        case headerIsNoObject
    }
}

extension InterchangeError: CustomStringConvertible {
    /// The file, as the caller named it.
    public var path: FilePath {
        switch self {
        case .file(let error): error.path
        case .pack(let error): error.path
        case .notSafeTensors(let path, _), .otherFormat(let path, _, _), .otherArchive(let path, _), .tooLarge(let path, _, _),
            .bigEndianCheckpoint(let path),
            .largePickle(let path, _), .notNetwork(let path), .damaged(let path, _), .unstorable(let path, _),
            .notRules(let path),
            .unusableRules(let path, _):
            path
        }
    }

    /// What is wrong and what to do about it, without the path.
    public var problem: String {
        switch self {
        case .file(let error): error.problem
        case .pack(let error): error.problem
        case .notSafeTensors(_, .tooShort(let byteCount)):
            "not a safetensors file: \(byteCount) bytes are too few for a header"
        case .notSafeTensors(_, .headerLength(let promised, let possible)):
            "not a safetensors file, or cut short: its first 8 bytes promise a header of \(promised) bytes, and "
                + "\(possible) are possible"
        case .notSafeTensors(_, .headerIsNoObject): "not a safetensors file: its header is not a JSON object"
        case .otherFormat(_, let format, let wanted):
            "is \(format.rawValue), and not \(wanted.rawValue); \(format.advice(wanted))"
        case .otherArchive(_, let entry):
            "is a ZIP archive of neither arrays nor a checkpoint: it holds '\(entry)'; unpack it first, or save "
                + "model.state_dict() with torch.save"
        case .tooLarge(_, let byteCount, let limit): "its \(byteCount) bytes exceed the limit of \(limit)"
        case .bigEndianCheckpoint: "was saved on a big-endian machine, which is not read"
        case .largePickle(_, let byteLimit):
            "has a pickle of more than \(byteLimit >> 20) MiB; save model.state_dict() alone"
        case .notNetwork: "is no network: ONNX files hold a graph, and ncnn's .param files begin with 7767517"
        case .damaged(_, let fault) where fault.isOfSoundFile: "\(fault)"
        case .damaged(_, let fault): "damaged: \(fault); copy the file again or restore it from a backup"
        case .unstorable(_, let fault): "cannot be written: \(fault)"
        case .notRules: "is not a rules file: it is no text, or has more than 1 MiB"
        case .unusableRules(_, let fault): "\(fault)"
        }
    }

    public var description: String { "\(path): \(problem)" }
}

/// What a body does to a file, its errors as those of this room.
func inFile<Result>(_ body: () throws(FileError) -> Result) throws(InterchangeError) -> Result {
    do { return try body() } catch { throw .file(error) }
}
