import GraphIR

/// A recipe as words by key, as a checkpoint keeps it.
extension Recipe {
    private struct Field {
        let key: String
        /// Where the value is this one, there is no word.
        var unsaid: String?
        let read: (Recipe) -> String
        /// False for a word that is no such value.
        let write: (inout Recipe, String) -> Bool

        init<Value: LosslessStringConvertible>(_ key: String, _ path: WritableKeyPath<Recipe, Value>, unsaid: Value? = nil) {
            self.key = "recipe." + key
            self.unsaid = unsaid?.description
            read = { $0[keyPath: path].description }
            write = { recipe, word in
                guard let value = Value(word) else { return false }
                recipe[keyPath: path] = value
                return true
            }
        }
    }

    private static var fields: [Field] {
        [
            Field("epochs", \.epochCount), Field("steps_per_epoch", \.stepsPerEpoch), Field("batch", \.batchCount),
            Field("patch", \.patchSide), Field("lr", \.learningRate.base),
            Field("lr_schedule", \.learningRate.course), Field("warmup", \.learningRate.warmUpStepCount),
            Field("clip_norm", \.clipNorm), Field("ema", \.averageDecay), Field("seed", \.seed),
            Field("monitor", \.monitor), Field("patience", \.patience), Field("validation", \.validation),
            Field("validation_crops", \.validationCropLimit),
            // Came later than checkpoints that are still to go on.
            Field("lanes", \.laneCount, unsaid: 1),
            Field("optimizer", \.optimizer, unsaid: .adam), Field("weight_decay", \.weightDecay, unsaid: 0.01),
            Field("freeze", \.frozen, unsaid: FrozenWeights()),
            Field("algorithm", \.algorithm, unsaid: .best), Field("degrade", \.degradation, unsaid: Degradation()),
        ]
    }

    var words: [String: String] {
        let said = Self.fields.map { ($0, $0.read(self)) }.filter { $0.unsaid != $1 }
        return Dictionary(uniqueKeysWithValues: said.map { ($0.key, $1) })
    }

    /// - Throws: naming the first word that is missing, no such value, or of a recipe that this version does not know.
    init(words: [String: String]) throws(TrainingError) {
        self.init()
        let known = Set(Self.fields.map(\.key))
        if let key = words.keys.filter({ $0.hasPrefix("recipe.") && !known.contains($0) }).min() {
            throw .unknownWord(key: key)
        }
        for field in Self.fields {
            guard let word = words[field.key] ?? field.unsaid, field.write(&self, word) else {
                throw words[field.key].map { .unreadableWord(key: field.key, $0) } ?? .missingWord(key: field.key)
            }
        }
    }
}
