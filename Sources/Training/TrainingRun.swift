import GraphCompiler
import GraphRuntime
import Model

/// Trains a model: batches through its `train` entry, validation and checkpoints each epoch.
///
///     let run = try TrainingRun(model, data: DataFolder("DIV2K", scale: 4), options, folder: folder)
///     let end = try run.run { event in … }
///
/// A run begins with the model's weights and a fresh optimizer. What it computes is a function of the
/// weights, the pictures and the options but `threadCount` and `cacheByteCount`.
public final class TrainingRun {
    private var model: Model
    private let data: DataFolder
    private let options: TrainingOptions
    private let folder: RunFolder
    private let inputs: TrainingInputs
    private let session: Session

    private let reducedSource = TensorSource<UInt8>([])
    private let truthSource = TensorSource<UInt8>([])

    /// How a run ended.
    public enum End: Hashable, Sendable {
        case finished
        /// The validation PSNR had not improved for as long as the options allow.
        case stoppedEarly
        /// On request; `last.gpack` holds the state after the last step, if there was one.
        case interrupted
    }

    /// - Throws: when the model cannot be trained on pictures, the options do not fit it, or memory is short.
    public init(
        _ model: Model, data: DataFolder, _ options: TrainingOptions, folder: RunFolder
    ) throws(TrainingError) {
        self.model = model
        self.data = data
        self.options = options
        self.folder = folder
        let inputs = try TrainingInputs(model)
        try options.check(scale: inputs.scale)
        self.inputs = inputs
        session = try asTrainingError {
            // A run begins at step 1: what an optimizer remembers of another run would mislead it.
            for state in model.parameters.tensors where state.isState {
                try model.parameters.setValues(Array(repeating: 0, count: state.elementCount), of: state.path)
            }
            let side = options.patchSide / inputs.scale
            let program = try Pipeline.specialize(
                model.entry(.train),
                sizes: inputs.enlargement.sizes(imageCount: options.batchCount, height: side, width: side),
                instructionSet: .best)
            return try Session(program, parameters: model.parameters, threadCount: options.threadCount)
        }
    }

    /// Trains until the last epoch, early stopping or interruption.
    ///
    /// - Parameters:
    ///   - isInterrupted: asked after each step, and between pictures and crops.
    ///   - report: called in the order of events, one call at a time, while pictures are decoded from any thread.
    /// - Throws: when a picture cannot be read, a file not be written, or the loss is not finite; packs
    ///   written before stay.
    public func run(
        isInterrupted: @Sendable () -> Bool = { false }, report: @Sendable (TrainingEvent) -> Void
    ) throws(TrainingError) -> End {
        guard let (loader, validation) = try prepare(isInterrupted, report),
            let dataDigest = try data.trainingDigest(threadCount: options.threadCount, isInterrupted: isInterrupted)
        else { return .interrupted }
        try folder.prepare()
        model.metadata["recipe"] = options.recipe
        model.metadata["training_pictures"] = "\(data.training.count)"
        model.metadata["training_digest"] = "\(dataDigest)"

        var stopping = EarlyStopping(patience: options.patience)
        var history = History(measures: inputs.measures, bicubicPSNR: validation.bicubicPSNR)
        var clock = TrainingClock()
        for epoch in 1...options.epochCount {
            var sums = [Double](repeating: 0, count: inputs.measures.count)
            var progress = TrainingProgress(
                epoch: epoch, epochCount: options.epochCount, step: 0, stepsPerEpoch: options.stepsPerEpoch,
                measures: inputs.measures, means: sums, secondsPerStep: 0, secondsElapsed: 0, secondsLeft: 0)
            clock.beginEpoch()
            for stepInEpoch in 1...options.stepsPerEpoch {
                let step = (epoch - 1) * options.stepsPerEpoch + stepInEpoch
                let values = try run(step, on: try loader.batch(step: step), epoch: epoch)
                for (index, value) in values.enumerated() { sums[index] += value }
                clock.endStep()
                progress.step = stepInEpoch
                progress.means = sums.map { $0 / Double(stepInEpoch) }
                clock.time(&progress)
                report(.step(progress))
                if isInterrupted() {
                    try writeLast(completeEpochs: epoch - 1, step: step, stopping)
                    return .interrupted
                }
            }
            let step = epoch * options.stepsPerEpoch
            guard let psnr = try validation.psnr(isInterrupted: isInterrupted) else {
                try writeLast(completeEpochs: epoch - 1, step: step, stopping)
                return .interrupted
            }
            clock.endValidation()
            clock.time(&progress)
            let isBest = stopping.record(psnr, epoch: epoch)
            history.epochs.append(
                History.Epoch(
                    number: epoch, step: step, learningRate: options.schedule.rate(step: step), means: progress.means,
                    validationPSNR: psnr))
            if isBest {
                model.metadata["step"] = "\(step)"
                model.metadata["validation_psnr"] = "\(psnr)"
                try folder.writeBest(model)
            }
            try writeLast(completeEpochs: epoch, step: step, stopping)
            try folder.write(history, title: "\(model.compiled.name): \(options.recipe)")
            report(.epoch(progress, validationPSNR: psnr, bicubicPSNR: validation.bicubicPSNR, isBest: isBest))
            if stopping.shouldStop, epoch < options.epochCount { return .stoppedEarly }
        }
        return .finished
    }

    /// Reads the pictures; nil when interrupted.
    private func prepare(
        _ isInterrupted: @Sendable () -> Bool, _ report: @Sendable (TrainingEvent) -> Void
    ) throws(TrainingError) -> (BatchLoader, Validation)? {
        let scale = inputs.scale
        var reducedSizes: [PictureSize] = []
        for files in data.training {
            let size = try files.checkedSize(scale: scale, smallestSide: options.patchSide)
            reducedSizes.append(PictureSize(width: size.width / scale, height: size.height / scale))
        }
        let trainingCount = data.training.count
        let validationCount = min(data.validation.count, options.validationCropLimit)
        let validation = try Validation(
            model, data.validation, scale: scale, side: options.validationSide, cropLimit: options.validationCropLimit,
            threadCount: options.threadCount, isInterrupted: isInterrupted
        ) { done in report(.decoding(done: done, count: validationCount + trainingCount)) }
        let cache = PictureCache(data.training, scale: scale, byteLimit: options.cacheByteCount)
        try cache.fill(threadCount: options.threadCount, isInterrupted: isInterrupted) { done in
            report(.decoding(done: validationCount + done, count: validationCount + trainingCount))
        }
        if isInterrupted() { return nil }
        report(
            .ready(
                TrainingSetUp(
                    trainingPictureCount: data.training.count, validationPictureCount: data.validation.count,
                    weightCount: model.parameters.tensors.filter { !$0.isState }.map(\.elementCount).reduce(0, +),
                    validationCropCount: validation.cropCount, validationSide: validation.side,
                    bicubicPSNR: validation.bicubicPSNR)))
        let sampler = PatchSampler(
            seed: options.seed, batchCount: options.batchCount, reducedSide: options.patchSide / scale)
        return (BatchLoader(cache, sampler, reducedSizes: reducedSizes), validation)
    }

    /// One step; the values of the run's measures.
    private func run(_ step: Int, on batch: Batch, epoch: Int) throws(TrainingError) -> [Double] {
        reducedSource.values = batch.reduced
        truthSource.values = batch.truth
        let measured = try asTrainingError {
            try session.run(
                inputs: [inputs.reduced: reducedSource, inputs.truth: truthSource],
                scalars: ["learning_rate": options.schedule.rate(step: step), "step": Float(step)])
        }
        let values = inputs.measures.map { Double(measured[$0.name] ?? .nan) }
        for (measure, value) in zip(inputs.measures, values) where measure.isLoss && !value.isFinite {
            let kept = epoch > 1 ? "the packs of epoch \(epoch - 1) stay in \(folder.path)" : "nothing was saved yet"
            throw TrainingError(
                "the loss '\(measure.name)' became \(value) at step \(step): try a smaller --lr; \(kept)")
        }
        return values
    }

    private func writeLast(completeEpochs: Int, step: Int, _ stopping: EarlyStopping) throws(TrainingError) {
        model.training = [
            "epoch": "\(completeEpochs)",
            "step": "\(step)",
            "seed": "\(options.seed)",
            "best_epoch": "\(stopping.bestEpoch)",
            "best_validation_psnr": stopping.best.map { "\($0)" } ?? "",
            "epochs_without_improvement": "\(stopping.epochsWithoutImprovement)",
        ]
        try folder.writeLast(model)
    }
}

extension TrainingOptions {
    /// In words, for the pack and the chart.
    var recipe: String {
        "\(epochCount) epochs of \(stepsPerEpoch) steps, \(batchCount) crops of \(patchSide)×\(patchSide), "
            + "Adam at \(schedule.base), seed \(seed)"
    }
}
