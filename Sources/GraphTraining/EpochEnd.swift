import GraphModel
import GraphImaging

/// What a run does when an epoch's steps are done: it measures the weights, keeps the best ones, and writes where
/// it stands.
extension TrainingRun {
    /// Validates and writes all files; nil when interrupted, and then nothing has changed.
    func endEpoch(
        _ pictures: TrainingPictures, _ clock: inout TrainingClock, _ isInterrupted: () -> Bool
    ) throws(TrainingError) -> EpochReport? {
        let progress = progress(clock)
        let measured = try savingBefore { () throws(TrainingError) in
            try withMeasuredWeights { () throws(TrainingError) in try measure(pictures, progress, isInterrupted) }
        }
        guard let measured else { return nil }
        // What is read again when a run goes on comes last: the files before it can be made from it.
        if let strip = measured.strip { try writeHistory(pictures, strip: strip) }
        try save()
        clock.endValidation()
        var report = measured.report
        report.progress.times = clock.times(
            stepsLeft: recipe.stepCount - checkpoint.state.step, epochsLeft: recipe.epochCount - progress.epoch)
        if ranks.isFirst {
            try TimesLog(path: folder.timesPath).append(
                epoch: progress.epoch, report.progress.times, threadCount: options.threadCount)
        }
        return report
    }

    /// Runs `body` while the model holds the weights that are validated and kept as the best: the averages, if there are any.
    func withMeasuredWeights<Result>(_ body: () throws(TrainingError) -> Result) throws(TrainingError) -> Result {
        guard let average = checkpoint.average else { return try body() }
        return try average.inPlace(in: checkpoint.model.parameters, body)
    }

    func writeBest() throws(TrainingError) {
        guard folder.isWritten else { return }
        checkpoint.record.bestDigest = try folder.writeBest(checkpoint.model).description
    }

    /// Writes the table and the chart of the epochs so far.
    func writeHistory(_ pictures: TrainingPictures, strip: Picture) throws(TrainingError) {
        let history = history(pictures)
        let title = "\(checkpoint.model.compiled.name), epoch \(history.epochs.count) of \(recipe.epochCount)"
        checkpoint.record.historyDigest = try folder.write(history).description
        checkpoint.record.chartDigest = try folder.write(history.chart(title: title, strip: strip)).description
    }

    private struct Measured {
        var report: EpochReport
        /// nil on ranks that write no files.
        var strip: Picture?
    }

    /// Validates with the weights, or averages, that the model holds now, notes the epoch and writes `best.gpack`
    /// where they are the best.
    private func measure(
        _ pictures: TrainingPictures, _ progress: TrainingProgress, _ isInterrupted: () -> Bool
    ) throws(TrainingError) -> Measured? {
        guard let psnr = try pictures.validation.psnr(among: ranks, isInterrupted: isInterrupted) else { return nil }
        let strip = folder.isWritten ? try pictures.strip.picture() : nil
        let gradientNorm = checkpoint.state.sums.gradientNorm / Double(recipe.stepsPerEpoch)
        let epoch = progress.epoch
        checkpoint.state.epochs.append(
            History.Epoch(
                number: epoch, step: checkpoint.state.step, learningRate: progress.learningRate, means: progress.means,
                gradientNorm: gradientNorm, validationPSNR: psnr))
        checkpoint.state.sums = EpochSums()
        let value = recipe.monitor == .psnr ? psnr : progress.means.first ?? .nan
        let isBest = checkpoint.state.stopping.record(value, epoch: epoch, by: recipe.monitor)
        if isBest {
            checkpoint.model.metadata["step"] = "\(checkpoint.state.step)"
            checkpoint.model.metadata["validation_psnr"] = "\(psnr)"
            try writeBest()
        }
        return Measured(
            report: EpochReport(
                progress: progress, gradientNorm: gradientNorm, validationPSNR: psnr,
                bicubicPSNR: pictures.validation.bicubicPSNR, isBest: isBest),
            strip: strip)
    }
}
