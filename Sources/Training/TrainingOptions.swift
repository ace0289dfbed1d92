import GraphRuntime

/// How to train. The defaults are the recipe that EDSR tutorials use.
public struct TrainingOptions: Hashable, Sendable {
    public var epochCount = 50
    public var stepsPerEpoch = 200
    /// Crops in a batch.
    public var batchCount = 16
    /// Side of a crop of the true picture, in pixels: a multiple of the scale.
    public var patchSide = 96
    public var schedule = LearningRateSchedule()
    /// Of the order of pictures and of the crops.
    public var seed: UInt64 = 0
    /// Epochs without improvement after which the run ends.
    public var patience = 10
    /// Most crops that an epoch is validated on.
    public var validationCropLimit = 60
    /// Memory for decoded pictures.
    public var cacheByteCount = 2 << 30
    public var threadCount = availableProcessorCount()

    public init() {}

    /// Side of a validation crop: large enough that its borders, which see less, weigh little.
    var validationSide: Int { 2 * patchSide }

    /// - Throws: when a number is out of range or does not fit the scale.
    func check(scale: Int) throws(TrainingError) {
        let counts = [
            ("epochs", epochCount), ("steps of an epoch", stepsPerEpoch), ("crops of a batch", batchCount),
            ("the patch", patchSide), ("patience", patience), ("validation crops", validationCropLimit),
            ("threads", threadCount),
        ]
        for (name, count) in counts where count < 1 {
            throw TrainingError("\(name): \(count) is too few; give 1 or more")
        }
        guard patchSide % scale == 0 else {
            throw TrainingError(
                "a patch of \(patchSide) pixels is no multiple of the model's scale; give --patch "
                    + "\(max(1, patchSide / scale) * scale)")
        }
        guard schedule.base > 0, schedule.base.isFinite else {
            throw TrainingError("a learning rate of \(schedule.base) does not train; give a small positive number")
        }
    }
}
