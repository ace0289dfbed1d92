import GraphBasics
import GraphCompiler
import GraphIR
import GraphModel
import GraphRuntime
import GraphImaging
import SystemPackage

/// Why a picture cannot be enlarged.
public enum EnlargingError: Error, Hashable, Sendable {
    case model(ModelError)
    case image(ImageError)
    case video(VideoError)
    case runtime(RuntimeError)
    case program(ProgramError)
    /// What is wrong with one of several pictures.
    indirect case picture(path: FilePath, EnlargingError)
    /// The graph makes more than one tensor, or takes none.
    case severalTensors(graph: String)
    /// The graph takes or makes something else than pictures.
    case otherTypes(graph: String, takes: TensorType, makes: TensorType)
    /// A picture with a side of no pixels, or of more than any has.
    case impossibleSize(PictureSize)
    /// An enlarger is asked to enlarge by what it tells of its progress.
    case calledByItsObserver
    /// A picture of another size than the only one that the graph takes.
    case otherSize(graph: String, PictureSize, found: PictureSize)
    /// What the network takes beside the picture and was not given.
    case missingExtras([ExtraInput])
    /// A value for an input that the network has not.
    case unknownExtra(String, known: [ExtraInput])
    /// An extra input was given something that it does not take.
    case otherExtra(ExtraInput, found: String)
    /// A result that should have sides of no pixels, or of more than `PNGReader/longestSide`.
    case resultSize(PictureSize)
    /// A picture of more pixels than the enlarger takes.
    case tooManyPixels(PictureSize, limit: Int)
    /// A picture whose eight enlargements would be summed up, of more than `PNGReader/mostPixelsInMemory`.
    case tooLargeForEnsemble(PictureSize)
    /// Video beside bicubic enlargement, which is for pictures.
    case comparisonOfVideo
    /// - Parameters:
    ///   - byteLimit: for the process.
    ///   - residentByteCount: what it takes beside the plan.
    ///   - sufficientByteCount: a limit that would do; nil where the picture is enlarged within none.
    case memory(
        PictureSize, byteLimit: Int, residentByteCount: Int, sufficientByteCount: Int?, ProgramError)
    /// What was computed of a picture's rows cannot be kept until it is written, in that folder.
    case strips(output: FilePath, keptIn: FilePath, Errno)
    /// Another process that had a share of the work has failed.
    case otherRank(Int, message: String)
    /// The caller's `RunObserver` has ended the run.
    case cancelled
}

extension EnlargingError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .model(let error): error.description
        case .image(let error): error.description
        case .video(let error): error.description
        case .runtime(let error): error.description
        case .program(let error): error.description
        case .picture(let path, let error): "\(path): \(error)"
        case .severalTensors(let graph): "'\(graph)' does not enlarge pictures: that takes a picture and makes one"
        case .impossibleSize(let size):
            "a picture of \(size) pixels: each side is from 1 to \(readable(count: PNGReader.longestSide))"
        case .calledByItsObserver: "an enlarger's observer must not call the enlarger itself; make another one"
        case .otherSize(let graph, let own, let found):
            "'\(graph)' was made for pictures of \(own) pixels alone, and this one has \(found); export it anew with sizes left open "
                + "(dynamic axes)"
        case .otherTypes(let graph, let takes, let makes):
            "'\(graph)' does not enlarge pictures: it takes \(takes) and makes \(makes), not u8[N, H, W, 3] and "
                + "u8[N, scale*H, scale*W, 3], or both with one channel"
        case .missingExtras(let extras):
            "the network takes more than a picture: \(extras.map(\.description).joined(separator: ", ")); give it that, too"
        case .unknownExtra(let name, let known):
            "the network has no input '\(name)' beside the picture; "
                + (known.isEmpty ? "it has none" : "it takes " + known.map(\.description).joined(separator: ", "))
        case .otherExtra(let extra, let found): "\(extra), is given \(found)"
        case .resultSize(let size):
            "a result of \(size) pixels: each side is from 1 to \(readable(count: PNGReader.longestSide)), and all pixels are at most "
                + readable(count: ResultSize.mostPixels)
        case .tooManyPixels(let size, let limit):
            "\(size) pixels are more than the \(readable(count: limit)) that are taken here; make it smaller, or cut it into parts"
        case .tooLargeForEnsemble(let size):
            "\(size) pixels are too many for the mean of eight enlargements, which is summed up in memory: it takes up to "
                + "\(readable(count: PNGReader.mostPixelsInMemory)); make a single one"
        case .comparisonOfVideo: "video is not shown beside bicubic enlargement; compare a frame of it"
        case .memory(let size, let byteLimit, let residentByteCount, let sufficientByteCount, let error):
            "\(size) pixels do not fit in \(readable(byteCount: byteLimit)), of which the process itself takes "
                + "\(readable(byteCount: residentByteCount)): \(error)"
                + (sufficientByteCount.map { "; \(readable(count: $0.ceilingDivided(by: 1 << 20))) MiB are enough" } ?? "")
        case .otherRank(let rank, let message): "rank \(rank): \(message)"
        case .cancelled: RuntimeError.cancelled.description
        case .strips(let output, let folder, let error):
            "\(output): rows that are computed in parts cannot be kept on their way to it in \(folder): \(error)"
                + (error == .noSpace || error == .diskQuotaExceeded
                    ? "; free some space there, or "
                        + (folder == output.folder ? "write elsewhere" : "name another folder by TMPDIR") : "")
        }
    }
}

extension EnlargingError: RankError {
    /// Whether another rank has failed, which tells why.
    public var isOfOtherRank: Bool {
        switch self {
        case .otherRank: true
        case .picture(_, let cause): cause.isOfOtherRank
        default: false
        }
    }
}

extension EnlargingError {
    /// What a session's run, its sources and its sinks throw.
    init(_ error: any Error) {
        switch error {
        case let error as EnlargingError: self = error
        case let error as ModelError: self = .model(error)
        case let error as ImageError: self = .image(error)
        case let error as VideoError: self = .video(error)
        case let error as ProgramError: self = .program(error)
        case RuntimeError.stream(let error): self.init(error.cause)
        case RuntimeError.cancelled: self = .cancelled
        case let error as RuntimeError: self = .runtime(error)
        default: self = .runtime(.stream(StreamError(error)))
        }
    }
}
