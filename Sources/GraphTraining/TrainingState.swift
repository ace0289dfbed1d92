/// Where a run stands between two steps, beside its weights and its optimizer.
///
/// The order of pictures and the crops are functions of seed and step, so that there is no random state.
struct TrainingState: Hashable, Sendable {
    /// Steps of the whole run so far.
    var step = 0
    /// Of the epoch that has begun: the sum over its steps of each measure, and of the gradient's norm.
    var sums = EpochSums()
    var stopping = EarlyStopping()
    /// The epochs that are complete.
    var epochs: [History.Epoch] = []
}

/// Sums over the steps of an epoch.
struct EpochSums: Hashable, Sendable {
    /// In the order of the run's measures.
    var measures: [Double] = []
    var gradientNorm = 0.0

    mutating func add(_ values: StepValues) {
        if measures.isEmpty { measures = Array(repeating: 0, count: values.measures.count) }
        for (index, value) in values.measures.enumerated() { measures[index] += value }
        gradientNorm += values.gradientNorm
    }
}

extension TrainingState {
    /// As words by key. Numbers are written with as many digits as give them back.
    var words: [String: String] {
        [
            "step": "\(step)",
            "epoch": "\(epochs.count)",
            "epoch_sums": (sums.measures + [sums.gradientNorm]).map { "\($0)" }.joined(separator: " "),
            "best": stopping.best.map { "\($0)" } ?? "",
            "best_epoch": "\(stopping.bestEpoch)",
            "epochs_without_improvement": "\(stopping.epochsWithoutImprovement)",
            "history": epochs.map(\.line).joined(separator: "\n"),
        ]
    }

    /// - Throws: naming a word that is missing or cannot be read.
    init(words: [String: String]) throws(TrainingError) {
        func word(_ key: String) throws(TrainingError) -> String {
            guard let word = words[key] else { throw .missingWord(key: key) }
            return word
        }
        func value<Value: LosslessStringConvertible>(_ key: String) throws(TrainingError) -> Value {
            let word = try word(key)
            guard let value = Value(word) else { throw .unreadableWord(key: key, word) }
            return value
        }
        step = try value("step")
        let numbers = try word("epoch_sums").split(separator: " ").map { Double($0) }
        let known = numbers.compactMap(\.self)
        guard let norm = known.last, known.count == numbers.count else {
            throw .unreadableWord(key: "epoch_sums", try word("epoch_sums"))
        }
        sums = EpochSums(measures: known.dropLast(), gradientNorm: norm)
        stopping.best = try word("best").isEmpty ? nil : value("best")
        stopping.bestEpoch = try value("best_epoch")
        stopping.epochsWithoutImprovement = try value("epochs_without_improvement")
        for line in try word("history").split(separator: "\n") {
            guard let epoch = History.Epoch(line: line) else {
                throw .unreadableEpoch(String(line))
            }
            epochs.append(epoch)
        }
        let stated: Int = try value("epoch")
        guard stated == epochs.count else { throw .epochCount(epochs.count, stated: stated) }
        guard step >= 0 else { throw .unreadableWord(key: "step", "\(step)") }
    }

    /// What a run relies on, whoever wrote the words.
    ///
    /// - Parameter measureCount: of the model's losses and metrics.
    /// - Requires: the recipe is checked.
    func check(_ recipe: Recipe, measureCount: Int) throws(TrainingError) {
        let first = epochs.count * recipe.stepsPerEpoch
        guard first...first + recipe.stepsPerEpoch ~= step else {
            throw .stepOutsideEpoch(step: step, epoch: epochs.count + 1)
        }
        let sumCount = step == first && sums.measures.isEmpty ? measureCount : sums.measures.count
        for count in [sumCount] + epochs.map(\.means.count) where count != measureCount {
            throw .measureCount(count, expected: measureCount)
        }
    }
}

extension History.Epoch {
    /// Epoch, step, learning rate, means, gradient's norm, validation PSNR.
    fileprivate var line: String {
        let numbers = (means + [gradientNorm, validationPSNR]).map { "\($0)" }
        return (["\(number)", "\(step)", "\(learningRate)"] + numbers).joined(separator: " ")
    }

    fileprivate init?(line: Substring) {
        let words = line.split(separator: " ")
        let numbers = words.dropFirst(3).compactMap { Double($0) }
        guard words.count >= 5, numbers.count == words.count - 3, let number = Int(words[0]), let step = Int(words[1]),
            let learningRate = Float(words[2])
        else { return nil }
        self.init(
            number: number, step: step, learningRate: learningRate, means: Array(numbers.dropLast(2)),
            gradientNorm: numbers[numbers.count - 2], validationPSNR: numbers[numbers.count - 1])
    }
}
