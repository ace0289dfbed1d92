import GraphBasics
import GraphCompiler
import GraphFiles
import GraphModel
import SystemPackage

/// What a run tells while it goes on.
public enum TrainingEvent: Hashable, Sendable {
    /// So many of the pictures are decoded.
    case decoding(done: Int, count: Int)
    case ready(TrainingSetUp)
    case step(TrainingProgress)
    case epoch(EpochReport)
    /// `last.gpack` was written within an epoch.
    case saved(step: Int)
    /// The decoded pictures take more memory than there is for them.
    case smallCache(byteCount: Int, neededByteCount: Int)
    /// A cosine, which falls over the whole run, has another course since the run has another length.
    ///
    /// - Parameters:
    ///   - after: steps that are done.
    ///   - from: the rate of the last of them.
    ///   - to: the rate of the next.
    case otherRates(after: Int, from: Float, to: Float, epochCount: Int)
    /// Files of the run's folder had been taken away or changed, and were made again.
    case madeAgain([FilePath])
    /// The file of the best weights was taken away or changed, and no other holds them.
    case bestLost(path: FilePath, epoch: Int)
    /// The run goes on on another instruction set.
    case otherInstructionSet(before: String, now: InstructionSet)
    /// A loss or gradient is not finite. The run ends when the op is found that it came from, which may take minutes; there
    /// is nothing to save meanwhile.
    case notFinite(TrainingError.NonFiniteValue, step: Int)
    /// What people should know, in words.
    case note(String)
}

extension TrainingEvent {
    /// What a note says; nil for other events.
    public var note: String? {
        switch self {
        case .note(let text): text
        case .smallCache(let byteCount, let neededByteCount):
            "decoded, the pictures take \(readable(byteCount: neededByteCount)), and the cache has room for "
                + "\(readable(byteCount: byteCount)): steps will wait for some to be decoded again; a cache of "
                + "\(Int((Double(neededByteCount) / 0x1p30).rounded(.up)))G keeps all"
        case .otherRates(let step, let from, let to, let epochCount):
            (to > from ? "the learning rate rises again, from \(from) to \(to)," : "the learning rate goes on at \(to)")
                + " after step \(readable(count: step)): its cosine falls over the whole run, which has another length now; "
                + "what a run of \(readable(count: epochCount, "epoch")) gives is had by beginning one anew"
        case .madeAgain(let paths):
            "\(paths.shown): taken away or changed since the run was saved, and made again"
        case .bestLost(let path, let epoch):
            "\(path): taken away or changed since epoch \(epoch), the best so far, wrote it; put it back, or a better epoch "
                + "writes another one"
        case .notFinite(let value, let step): "\(value) at step \(step); looking for the op that it came from"
        case .otherInstructionSet(let before, let now):
            "the run was computed on \(before.shown) and goes on on \(now.rawValue), which may round in another way: from "
                + "here on it is no run of either"
        default: nil
        }
    }
}

/// What a run begins with.
public struct TrainingSetUp: Hashable, Sendable {
    /// What the data folders hold, a line for each set of pictures.
    public var sources: [String]
    /// Pictures that are trained on.
    public var trainingPictureCount: Int
    /// Pictures, or crops, that weights are measured on.
    public var validationPictureCount: Int
    /// Trained numbers of the model.
    public var weightCount: Int
    /// What validation measures, in words.
    public var validation: String
    /// Of bicubic enlargement, in dB.
    public var bicubicPSNR: Double
    /// Steps that the run has done before; 0 unless it goes on.
    public var firstStep: Int
}

/// Where a run stands after a step.
public struct TrainingProgress: Hashable, Sendable {
    /// 1 for the first.
    public var epoch: Int
    /// Epochs of the whole run.
    public var epochCount: Int
    /// In its epoch; 1 for the first.
    public var step: Int
    /// Steps of an epoch.
    public var stepsPerEpoch: Int
    /// The rate of the last step.
    public var learningRate: Float
    /// The measures that training reports, in the order of the graph.
    public var measures: [TrainingInputs.Measure]
    /// The mean of each measure over the epoch so far.
    public var means: [Double]
    /// What the steps took since the epoch began.
    public var times: TrainingTimes
}

/// How long an epoch's steps took so far, those that this process ran.
public struct TrainingTimes: Hashable, Sendable {
    /// Steps that are counted here.
    public var stepCount = 0
    /// The mean, with what steps waited for data.
    public var secondsPerStep = 0.0
    /// Of all steps of the epoch together.
    public var secondsWaitingForData = 0.0
    /// Seconds of validation.
    public var validationSeconds = 0.0
    /// Since the first step of this process.
    public var secondsElapsed = 0.0
    /// Until the last epoch's end, unless the run stops early.
    public var secondsLeft = 0.0

    /// Of the time of the steps, what they waited for data.
    public var shareWaitingForData: Double {
        let seconds = secondsPerStep * Double(stepCount)
        return seconds > 0 ? secondsWaitingForData / seconds : 0
    }
}

/// What an epoch reached.
public struct EpochReport: Hashable, Sendable {
    /// Where the run stands at the epoch's end.
    public var progress: TrainingProgress
    /// The mean of the gradients' norms over the epoch's steps.
    public var gradientNorm: Double
    /// In dB.
    public var validationPSNR: Double
    /// PSNR in dB of bicubic interpolation on the same pictures.
    public var bicubicPSNR: Double
    /// Whether no epoch before was as good.
    public var isBest: Bool
}
