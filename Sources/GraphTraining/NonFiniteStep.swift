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
        let value: TrainingError.NonFiniteValue = loss.map { .loss($0.name, $1) } ?? .gradientNorm(values.gradientNorm)
        report(.notFinite(value, step: number))
        let place = try firstNonFinite(step: number, loader)
        return ranks.isFirst ? .notFinite(value, step: number, place: place, folder) : .otherRank(0)
    }

    private func firstNonFinite(step number: Int, _ loader: BatchLoader) throws(TrainingError) -> String? {
        let pack = try ranks.together { () throws(TrainingError) in
            let pack = try asTrainingError { try Pack(contentsOf: folder.lastPath) }
            try checkpoint.restoreParameters(from: pack)
            return pack
        }
        // A rank may see the file of a moment ago.
        try ranks.compare("weights", pack.digest)
        try ranks.compare("state of the optimizer", pack.statesDigest)
        try step.readModel()
        func batch(_ number: Int) throws(TrainingError) -> Batch {
            try ranks.together { () throws(TrainingError) in try loader.batch(step: number).batch }
        }
        let saved = try TrainingState(words: pack.training ?? [:]).step
        for earlier in saved + 1..<max(saved + 1, number) {
            _ = try step.run(earlier, on: batch(earlier))
        }
        return try step.firstNonFinite(number, on: batch(number))
    }
}

extension StepValues {
    /// Whether training can go on. A metric may be infinite.
    var isFinite: Bool { gradientNorm.isFinite && measures.first?.isFinite ?? true }
}
