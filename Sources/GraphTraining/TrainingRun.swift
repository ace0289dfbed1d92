import GraphModel
import GraphRuntime

/// Trains a model: batches through its `train` entry, validation and checkpoints each epoch.
///
///     let start = try Checkpoint(beginning: model, Recipe(), dataPaths: ["DIV2K"])
///     let run = try TrainingRun(start, data: TrainingData(["DIV2K"], scale: 4), RunOptions(), folder: folder)
///     let end = try run.run { event in … }
///
/// What a run computes is a function of the model's weights, the pictures and the recipe, however it is carried
/// out and however often it is stopped and goes on: each step is one of its number and of the state before it.
public final class TrainingRun {
    var checkpoint: Checkpoint
    let recipe: Recipe
    let options: RunOptions
    let folder: RunFolder
    let step: any TrainingStep
    let ranks: any RankGroup
    private let data: TrainingData
    private var lastSave: (step: Int, time: ContinuousClock.Instant)

    /// How a run ended.
    public enum End: String, Hashable, Sendable {
        case finished
        /// There was no improvement for as long as the recipe allows.
        case stoppedEarly
        /// On request; `last.gpack` holds the state after the last step.
        case interrupted
    }

    /// - Parameter ranks: what shares out the lanes of batches. All begin with the same checkpoint, pictures and folder; the
    ///   first of them alone writes files and reports.
    /// - Throws: when the model cannot be trained on pictures, the recipe does not fit it or the ranks, or memory is short.
    public init(
        _ checkpoint: Checkpoint, data: TrainingData, _ options: RunOptions, folder: RunFolder,
        ranks: any RankGroup = LoneRank()
    ) throws(TrainingError) {
        self.checkpoint = checkpoint
        self.data = data
        recipe = checkpoint.recipe
        self.options = options
        self.ranks = ranks
        var folder = folder
        folder.isWritten = ranks.isFirst
        self.folder = folder
        step = try trainingStep(checkpoint.model, data.extras, recipe, options, ranks)
        lastSave = (checkpoint.state.step, .now)
    }

    /// Trains until the last epoch, early stopping or interruption.
    ///
    /// - Parameters:
    ///   - isInterrupted: asked after each step, between pictures, and while one is enlarged.
    ///   - report: called in the order of events, one call at a time, while pictures are decoded from any thread.
    /// - Throws: when pictures cannot be read, are too small or were changed, a file cannot be written, another run is in the
    ///   folder, the loss is not finite, or the best weights are lost. What was trained stays in the checkpoint, but for steps
    ///   since the last one where it cannot be written or the loss is not finite.
    public func run(
        isInterrupted: @Sendable () -> Bool = { false }, report: @Sendable (TrainingEvent) -> Void
    ) throws(TrainingError) -> End {
        try ranks.isFirst ? runToEnd(isInterrupted, report) : runToEnd(isInterrupted) { _ in }
    }

    private func runToEnd(
        _ isInterrupted: @Sendable () -> Bool, _ report: @Sendable (TrainingEvent) -> Void
    ) throws(TrainingError) -> End {
        try compareRanks()
        if ranks.count > 1 { report(.note("\(ranks.count) ranks share out \(recipe.laneCount) lanes")) }
        let altered = alteredFiles()
        let isAltered = ranks.any(!altered.isEmpty)
        if let end, !isAltered { return end }
        // What is lost for good is said before pictures are looked at.
        if end != nil, altered.contains(folder.bestPath), checkpoint.state.stopping.bestEpoch < checkpoint.state.epochs.count {
            try checkBest()
        }
        let found = try ranks.together { () throws(TrainingError) in
            try TrainingPictures(
                data, checkpoint.model, recipe, options, ranks, firstStep: checkpoint.state.step, isInterrupted, report)
        }
        guard !ranks.any(found == nil), let pictures = found else { return .interrupted }
        try ranks.compare("set of pictures", pictures.digest)
        let lock = try ranks.together { () throws(TrainingError) in
            try compareData(pictures)
            return try folder.enter(goingOnFrom: checkpoint.origin)
        }
        defer { withExtendedLifetime(lock) {} }
        try begin(pictures, report)
        try restore(altered, pictures, report)
        if let end {
            try checkBest()
            try save()
            return end
        }

        var clock = TrainingClock()
        while true {
            clock.beginEpoch()
            guard try runSteps(pictures, &clock, isInterrupted, report),
                let epoch = try endEpoch(pictures, &clock, isInterrupted)
            else {
                try save()
                return .interrupted
            }
            report(.epoch(epoch))
            if let end {
                try checkBest()
                return end
            }
        }
    }

    /// How the run has ended; nil while there is more to do.
    var end: End? {
        if checkpoint.state.epochs.count >= recipe.epochCount { return .finished }
        return checkpoint.state.stopping.shouldStop(patience: recipe.patience) ? .stoppedEarly : nil
    }

    /// A run goes on with the pictures that it began with.
    private func compareData(_ pictures: TrainingPictures) throws(TrainingError) {
        guard let known = checkpoint.dataDigest, known != pictures.digest else { return }
        throw .otherPictures(folders: data.paths, folder)
    }

    /// Writes the first checkpoint of a run, and puts the other files in order that an earlier process left.
    private func begin(_ pictures: TrainingPictures, _ report: (TrainingEvent) -> Void) throws(TrainingError) {
        if end == nil { noteInstructionSet(report) }
        checkpoint.dataPaths = data.paths
        checkpoint.extras = data.extras
        checkpoint.dataDigest = pictures.digest
        checkpoint.model.metadata["recipe"] = recipe.description
        checkpoint.model.metadata["training_pictures"] = "\(data.training.count)"
        checkpoint.model.metadata["data_digest"] = pictures.digest
        if checkpoint.state.step == 0 { try save() }
        if checkpoint.state.epochs.isEmpty {
            try folder.removeResults()
        } else if folder.isWritten {
            checkpoint.record.historyDigest = try folder.write(history(pictures)).description
        }
    }

    /// Tells of another instruction set than that of the steps before, and keeps which it is.
    private func noteInstructionSet(_ report: (TrainingEvent) -> Void) {
        let now = options.instructionSet
        var sets = checkpoint.state.step == 0 ? [] : checkpoint.record.instructionSets
        if let before = sets.last, before != now.rawValue { report(.otherInstructionSet(before: before, now: now)) }
        if sets.last != now.rawValue { sets.append(now.rawValue) }
        checkpoint.record.instructionSets = sets
        checkpoint.model.metadata["instruction_sets"] = sets.joined(separator: " ")
    }

    /// The steps of the present epoch that are not done yet.
    ///
    /// - Returns: false when interrupted.
    private func runSteps(
        _ pictures: TrainingPictures, _ clock: inout TrainingClock, _ isInterrupted: () -> Bool,
        _ report: (TrainingEvent) -> Void
    ) throws(TrainingError) -> Bool {
        let parameters = checkpoint.model.parameters
        let lastStep = (checkpoint.state.epochs.count + 1) * recipe.stepsPerEpoch
        while checkpoint.state.step < lastStep {
            let number = checkpoint.state.step + 1
            let (batch, waited) = try savingBefore { () throws(TrainingError) in
                try ranks.together { () throws(TrainingError) in try pictures.loader.batch(step: number) }
            }
            let values = try step.run(number, on: batch)
            guard values.isFinite else { throw try notFinite(values, step: number, pictures.loader, report) }
            checkpoint.average?.update(from: parameters, step: number)
            checkpoint.state.step = number
            checkpoint.state.sums.add(values)
            clock.endStep(waited: waited)
            report(.step(progress(clock)))
            if ranks.any(isInterrupted()) { return false }
            if number < lastStep, isSaveDue {
                try save()
                report(.saved(step: number))
            }
        }
        return true
    }

    /// Runs `body`, which reads pictures; the run is saved before an error of it goes on.
    func savingBefore<Result>(_ body: () throws(TrainingError) -> Result) throws(TrainingError) -> Result {
        do throws(TrainingError) {
            return try body()
        } catch {
            // Where a file cannot be written, that is what is to be said.
            if case .unwritten = error { throw error }
            try save()
            throw .interrupted(error, afterStep: checkpoint.state.step, folder)
        }
    }

    /// Writes `last.gpack`.
    func save() throws(TrainingError) {
        try step.writeModel()
        try folder.writeLast(checkpoint)
        checkpoint.origin = Checkpoint.Origin(of: folder.lastPath)
        lastSave = (checkpoint.state.step, .now)
    }

    private var isSaveDue: Bool {
        switch options.checkpointInterval {
        case .steps(let count): checkpoint.state.step - lastSave.step >= count
        // The clock of the first rank is that of all.
        case .minutes(let count): ranks.any(ranks.isFirst && .now - lastSave.time >= .seconds(60 * count))
        case nil: false
        }
    }

    func history(_ pictures: TrainingPictures) -> History {
        History(
            measures: step.inputs.measures, bicubicPSNR: pictures.validation.bicubicPSNR,
            epochs: checkpoint.state.epochs)
    }

    /// Where the run stands in the present epoch.
    func progress(_ clock: TrainingClock) -> TrainingProgress {
        let state = checkpoint.state
        let stepInEpoch = state.step - state.epochs.count * recipe.stepsPerEpoch
        return TrainingProgress(
            epoch: state.epochs.count + 1, epochCount: recipe.epochCount, step: stepInEpoch,
            stepsPerEpoch: recipe.stepsPerEpoch,
            learningRate: recipe.learningRate.rate(step: state.step, of: recipe.stepCount),
            measures: step.inputs.measures, means: state.sums.measures.map { $0 / Double(stepInEpoch) },
            times: clock.times(
                stepsLeft: recipe.stepCount - state.step, epochsLeft: recipe.epochCount - state.epochs.count))
    }
}
