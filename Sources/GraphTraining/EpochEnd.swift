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
        let measured: Measured?
        if let average = checkpoint.average {
            measured = try average.inPlace(in: checkpoint.model.parameters) { () throws(TrainingError) in
                try measure(pictures, progress, isInterrupted)
            }
        } else {
            measured = try measure(pictures, progress, isInterrupted)
        }
        guard let measured else { return nil }
        // What is read again when a run goes on comes last: the files before it can be made from it.
        let title = "\(checkpoint.model.compiled.name), epoch \(progress.epoch) of \(recipe.epochCount)"
        try folder.write(history(pictures), title: title, strip: measured.strip)
        try save()
        clock.endValidation()
        var report = measured.report
        report.progress.times = clock.times(
            stepsLeft: recipe.stepCount - checkpoint.state.step, epochsLeft: recipe.epochCount - progress.epoch)
        try TimesLog(path: folder.timesPath).append(
            epoch: progress.epoch, report.progress.times, threadCount: options.threadCount)
        return report
    }

    private struct Measured {
        var report: EpochReport
        var strip: Picture
    }

    /// Validates with the weights, or averages, that the model holds now, notes the epoch and writes `best.gpack`
    /// where they are the best.
    private func measure(
        _ pictures: TrainingPictures, _ progress: TrainingProgress, _ isInterrupted: () -> Bool
    ) throws(TrainingError) -> Measured? {
        guard let psnr = try pictures.validation.psnr(isInterrupted: isInterrupted) else { return nil }
        let strip = try pictures.strip.picture()
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
            try folder.writeBest(checkpoint.model)
        }
        return Measured(
            report: EpochReport(
                progress: progress, gradientNorm: gradientNorm, validationPSNR: psnr,
                bicubicPSNR: pictures.validation.bicubicPSNR, isBest: isBest),
            strip: strip)
    }
}
