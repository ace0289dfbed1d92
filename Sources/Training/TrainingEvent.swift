/// What a run tells while it goes on.
public enum TrainingEvent: Hashable, Sendable {
    case decoding(done: Int, count: Int)
    case ready(TrainingSetUp)
    case step(TrainingProgress)
    case epoch(TrainingProgress, validationPSNR: Double, bicubicPSNR: Double, isBest: Bool)
}

public struct TrainingSetUp: Hashable, Sendable {
    public var trainingPictureCount: Int
    public var validationPictureCount: Int
    public var weightCount: Int
    public var validationCropCount: Int
    public var validationSide: Int
    /// In dB.
    public var bicubicPSNR: Double
}

/// Where a run stands after a step.
public struct TrainingProgress: Hashable, Sendable {
    /// 1 for the first.
    public var epoch: Int
    public var epochCount: Int
    /// In its epoch; 1 for the first.
    public var step: Int
    public var stepsPerEpoch: Int
    public var measures: [TrainingInputs.Measure]
    /// The mean of each measure over the epoch so far.
    public var means: [Double]
    /// The mean over the epoch so far.
    public var secondsPerStep: Double
    /// Since the first step.
    public var secondsElapsed: Double
    /// Until the last epoch's end, unless the run stops early.
    public var secondsLeft: Double
}
