/// A recipe as words by key, as a checkpoint keeps it.
extension Recipe {
    private struct Field {
        let key: String
        let read: (Recipe) -> String
        /// False for a word that is no such value.
        let write: (inout Recipe, String) -> Bool

        init<Value: LosslessStringConvertible>(_ key: String, _ path: WritableKeyPath<Recipe, Value>) {
            self.key = "recipe." + key
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
        ]
    }

    var words: [String: String] {
        Dictionary(uniqueKeysWithValues: Self.fields.map { ($0.key, $0.read(self)) })
    }

    /// - Throws: naming the first word that is missing or no such value.
    init(words: [String: String]) throws(TrainingError) {
        self.init()
        for field in Self.fields {
            guard let word = words[field.key], field.write(&self, word) else {
                let found = words[field.key].map { "'\($0)'" } ?? "nothing"
                throw TrainingError("its training state says \(found) for '\(field.key)'")
            }
        }
    }
}
