import GraphCompiler
import GraphIR

/// What a run computes, beside its model and pictures. The defaults are the recipe that EDSR tutorials use.
public struct Recipe: Hashable, Sendable {
    /// Epochs of a run.
    public var epochCount = 50
    /// Steps between one validation and the next.
    public var stepsPerEpoch = 200
    /// Crops in a batch.
    public var batchCount = 16
    /// Lanes of a batch: equal parts with gradients of their own, of which the mean updates the weights. A power of two that
    /// divides the batch. Ranks share them out, and the result depends on lanes and never on ranks.
    public var laneCount = 1
    /// Side of a crop of the true picture, in pixels: a multiple of the scale.
    public var patchSide = 96
    /// The learning rate of each step.
    public var learningRate = LearningRate(base: 1e-4)
    /// What changes the weights.
    public var optimizer = Optimizer.adam
    /// Of the optimizers whose weights decay: the share of a weight that a step takes away, over the learning rate.
    public var weightDecay: Float = 0.01
    /// Weights that the run leaves as they are.
    public var frozen = FrozenWeights()
    /// The norm that gradients are scaled down to; infinity for never.
    public var clipNorm = Float.infinity
    /// Of the moving average of the weights; 0 keeps none.
    public var averageDecay: Float = 0
    /// Of the order of pictures and of the crops.
    public var seed: UInt64 = 0
    /// What tells the best epoch.
    public var monitor = Monitor.psnr
    /// Epochs without improvement after which the run ends.
    public var patience = 10
    /// What an epoch's weights are measured on.
    public var validation = Validation.Kind.crops
    /// Most crops that an epoch is validated on.
    public var validationCropLimit = 60
    /// What is done to the low-resolution pictures.
    public var degradation = Degradation()
    /// How the convolutions of a step are computed.
    public var algorithm = ConvolutionAlgorithm.best

    /// The defaults of `Docs/Training.md`.
    public init() {}

    /// Recipes by the names that people give them.
    public static let named = ["tutorial": Recipe()]

    var stepCount: Int { epochCount * stepsPerEpoch }

    /// Side of a validation crop: large enough that its borders, which see less, weigh little.
    var validationSide: Int { 2 * patchSide }

    /// - Throws: when a number is out of range or does not fit the scale.
    func check(scale: Int) throws(TrainingError) {
        let counts: [(TrainingError.Count, Int, ClosedRange<Int>)] = [
            (.epochs, epochCount, 1...1_000_000), (.stepsOfEpoch, stepsPerEpoch, 1...1_000_000),
            (.cropsOfBatch, batchCount, 1...4096), (.patchSide, patchSide, 1...4096), (.patience, patience, 1...1_000_000),
            (.warmUpSteps, learningRate.warmUpStepCount, 0...1_000_000_000),
            (.validationCrops, validationCropLimit, 1...100_000),
        ]
        for (name, count, range) in counts {
            if count < range.lowerBound { throw .tooFew(name, count) }
            if count > range.upperBound { throw .tooMany(name, count, limit: range.upperBound) }
        }
        guard laneCount > 0, laneCount & (laneCount - 1) == 0, batchCount % laneCount == 0 else {
            throw .lanes(laneCount, cropCount: batchCount)
        }
        guard patchSide % scale == 0 else {
            throw .unevenPatch(side: patchSide, scale: scale)
        }
        guard learningRate.base > 0, learningRate.base.isFinite else {
            throw .learningRate(learningRate.base)
        }
        guard weightDecay >= 0, weightDecay.isFinite else {
            throw .weightDecay(weightDecay)
        }
        guard clipNorm > 0 else {
            throw .clipNorm(clipNorm)
        }
        guard averageDecay >= 0, averageDecay < 1 else {
            throw .averageDecay(averageDecay)
        }
    }

    /// - Throws: when a frozen path is none of the model's, or nothing is left to train.
    func check(weights: [String]) throws(TrainingError) {
        if let path = frozen.unknownPath(among: weights) { throw .nothingToFreeze(path: path, weights: weights) }
        guard weights.contains(where: { !frozen.contains($0) }) else { throw .allFrozen }
    }

    /// - Throws: when the lanes cannot be shared out among so many ranks.
    func check(rankCount: Int) throws(TrainingError) {
        guard rankCount <= laneCount, laneCount % rankCount == 0 else { throw .ranks(rankCount, laneCount: laneCount) }
    }
}

extension Recipe: CustomStringConvertible {
    /// In words, for the pack and the chart.
    public var description: String {
        var parts = [
            "\(epochCount) epochs of \(stepsPerEpoch) steps", "\(batchCount) crops of \(patchSide)×\(patchSide)",
            "\(optimizer.title) at \(learningRate.base)",
        ]
        if optimizer.decaysWeights { parts.append("weight decay \(weightDecay)") }
        if learningRate.warmUpStepCount > 0 { parts.append("warm-up \(learningRate.warmUpStepCount)") }
        if !frozen.isEmpty { parts.append("frozen \(frozen)") }
        parts.append("schedule \(learningRate.course)")
        if clipNorm.isFinite { parts.append("clip norm \(clipNorm)") }
        if laneCount > 1 { parts.append("\(laneCount) lanes") }
        if averageDecay > 0 { parts.append("average \(averageDecay)") }
        if !degradation.isEmpty { parts.append("degraded by \(degradation)") }
        if algorithm != .best { parts.append("algorithm \(algorithm)") }
        return (parts + ["seed \(seed)"]).joined(separator: ", ")
    }
}
