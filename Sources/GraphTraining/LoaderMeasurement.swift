import GraphModel
import GraphMeasuring
import GraphRuntime

/// What it costs a training step that its batch comes from pictures: steps on a batch in memory beside steps fed by
/// the loader, one after the other, so that whatever else the machine does meets both alike.
///
/// The loader makes one batch for each step that it feeds, as in a run, and rests during the others.
public struct LoaderMeasurement: Hashable, Sendable {
    /// Seconds of the steps on a batch in memory.
    public var held: [Double] = []
    /// Seconds of as many steps fed by the loader, with what they waited for it.
    public var fed: [Double] = []
    /// Pictures that the loader cuts its batches from.
    public var pictureCount: Int

    /// The median over the pairs of what a fed step takes longer, as a share of the step.
    public var cost: Double { zip(fed, held).map { $0 / $1 - 1 }.median }

    /// - Parameter pairCount: pairs of steps that count, after one step that does not.
    /// - Throws: when the model cannot be trained on pictures, or a picture not be read.
    public init(
        _ model: Model, _ data: TrainingData, _ recipe: Recipe, _ options: RunOptions, pairCount: Int
    ) throws(TrainingError) {
        let step = try trainingStep(model, data.extras, recipe, options, LoneRank())
        let scale = step.inputs.scale
        let cache = PictureCache(scale: scale, byteLimit: options.cacheByteCount)
        let loader = BatchLoader(
            cache, data.training, PatchSampler(recipe, scale: scale), recipe.degradation, isGrey: step.inputs.enlargement.isGrey,
            reducedSizes: try data.reducedSizes(recipe, scale: scale, from: DigestedFiles()) ?? [])
        try cache.fill(data.training, threadCount: options.threadCount)
        pictureCount = data.training.count

        var stepCount = 0, batchCount = 0
        var batch = Batch()
        func seconds(isFed: Bool) throws(TrainingError) -> Double {
            loader.finishBegun()
            let start = ContinuousClock.now
            if isFed {
                batchCount += 1
                batch = try loader.batch(step: batchCount).batch
            }
            stepCount += 1
            _ = try step.run(stepCount, on: batch)
            return (ContinuousClock.now - start) / .seconds(1)
        }
        _ = try seconds(isFed: true)
        for pair in 0..<pairCount {
            // Each goes first in every other pair.
            for isFed in pair % 2 == 0 ? [false, true] : [true, false] {
                let seconds = try seconds(isFed: isFed)
                if isFed { fed.append(seconds) } else { held.append(seconds) }
            }
        }
    }
}
