import GraphModel

/// What a run tells while it goes on.
public enum TrainingEvent: Hashable, Sendable {
    case decoding(done: Int, count: Int)
    case ready(TrainingSetUp)
    case step(TrainingProgress)
    case epoch(EpochReport)
    /// `last.gpack` was written within an epoch.
    case saved(step: Int)
    /// The decoded pictures take more memory than there is for them.
    case smallCache(byteCount: Int, neededByteCount: Int)
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
        default: nil
        }
    }
}

public struct TrainingSetUp: Hashable, Sendable {
    public var trainingPictureCount: Int
    public var validationPictureCount: Int
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
    public var epochCount: Int
    /// In its epoch; 1 for the first.
    public var step: Int
    public var stepsPerEpoch: Int
    public var learningRate: Float
    public var measures: [TrainingInputs.Measure]
    /// The mean of each measure over the epoch so far.
    public var means: [Double]
    public var times: TrainingTimes
}

/// How long an epoch's steps took so far, those that this process ran.
public struct TrainingTimes: Hashable, Sendable {
    public var stepCount = 0
    /// The mean, with what steps waited for data.
    public var secondsPerStep = 0.0
    /// Of all steps of the epoch together.
    public var secondsWaitingForData = 0.0
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
    public var progress: TrainingProgress
    public var gradientNorm: Double
    /// In dB.
    public var validationPSNR: Double
    public var bicubicPSNR: Double
    public var isBest: Bool
}
