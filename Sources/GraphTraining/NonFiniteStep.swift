import GraphPack

/// What a run does when a loss or a gradient is infinite or no number.
///
/// The step has already changed the weights. The search begins at the checkpoint, repeats the steps since then,
/// which gives the same bits, and runs the step in question by the ops' reference implementation, up to the first value
/// that is not finite although all that it is made of are.
extension TrainingRun {
    /// The error that ends the run; the checkpoint stays as it is.
    func notFinite(
        _ values: StepValues, step number: Int, _ loader: BatchLoader, _ report: (TrainingEvent) -> Void
    ) throws(TrainingError) -> TrainingError {
        let loss = zip(step.inputs.measures, values.measures).first { !$1.isFinite && $0.isLoss }
        let what =
            loss.map { "the loss '\($0.name)' became \($1)" }
            ?? "the norm of the gradients became \(values.gradientNorm)"
        report(.note("\(what) at step \(number); looking for the op that it came from"))
        let place = try firstNonFinite(step: number, loader) ?? "the reference implementation of the step is finite everywhere"
        return TrainingError(
            "\(what) at step \(number): \(place); try a smaller --lr or --clip-norm, with --init \(folder.lastPath)")
    }

    private func firstNonFinite(step number: Int, _ loader: BatchLoader) throws(TrainingError) -> String? {
        let pack: Pack
        do { pack = try Pack(contentsOf: folder.lastPath) } catch { throw TrainingError(error.description) }
        try checkpoint.restoreParameters(from: pack)
        let saved = try TrainingState(words: pack.training ?? [:]).step
        for earlier in saved + 1..<max(saved + 1, number) {
            _ = try step.run(earlier, on: loader.batch(step: earlier).batch)
        }
        return try step.firstNonFinite(number, on: loader.batch(step: number).batch)
    }
}

extension StepValues {
    /// Whether training can go on. A metric may be infinite.
    var isFinite: Bool { gradientNorm.isFinite && measures.first?.isFinite ?? true }
}
