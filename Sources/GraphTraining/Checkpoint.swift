import GraphFiles
import GraphModel
import GraphPack
import SystemPackage

/// All that a run needs to begin or to go on: the model with its optimizer, the recipe, where training stands,
/// the average of the weights, and which pictures it trains on.
///
/// A pack keeps the weights, the optimizer's moments and the average as tensors, and the rest as words in its
/// training section; `Docs/Training.md` lists them.
public struct Checkpoint: Sendable {
    /// The model with its weights and Adam's moments.
    public var model: Model
    /// The recipe that the run follows.
    public var recipe: Recipe
    /// The data folders as they were named.
    public var dataPaths: [FilePath]
    /// What the model takes beside the pictures.
    public var extras: TrainingExtras
    /// See ``TrainingData/digest(of:)``; nil before the pictures were looked at.
    var dataDigest: String?
    var state: TrainingState
    var record = RunRecord()
    /// The file that it was read from and the stamp that this had; nil for the beginning of a run.
    var origin: Origin?

    struct Origin: Hashable, Sendable {
        var path: FilePath
        var stamp: FileStatus.Stamp?

        init(of path: FilePath) {
            self.path = path
            stamp = FileStatus(path)?.stamp
        }
    }

    /// nil where the recipe asks for none.
    var average: WeightAverage?

    /// The beginning of a run: the model's weights and a fresh optimizer.
    ///
    /// - Throws: when the recipe freezes what the model has not, or all of it.
    public init(
        beginning model: Model, _ recipe: Recipe, dataPaths: [FilePath], extras: TrainingExtras = TrainingExtras()
    ) throws(TrainingError) {
        try recipe.check(weights: model.parameters.tensors.filter { !$0.isState }.map(\.path))
        let model = try asTrainingError {
            let graph = try model.entry(.train).graph
            let fits = graph.optimizer == recipe.optimizer && recipe.frozen.isEmpty && graph.trainsAllWeights
            return try fits ? model : model.trained(by: recipe.optimizer, except: recipe.frozen)
        }
        self.model = model
        self.recipe = recipe
        self.dataPaths = dataPaths
        self.extras = extras
        state = TrainingState()
        // A run begins at step 1: what an optimizer remembers of another run would mislead it.
        try asTrainingError {
            for state in model.parameters.tensors where state.isTrainingState {
                try model.parameters.setValues(Array(repeating: 0, count: state.elementCount), of: state.path)
            }
        }
        if recipe.averageDecay > 0 { average = WeightAverage(of: model.parameters, decay: recipe.averageDecay) }
    }

    /// Where a run was saved.
    ///
    /// - Throws: when the file is missing, damaged, or no checkpoint.
    public init(contentsOf path: FilePath) throws(TrainingError) {
        origin = Origin(of: path)
        let file = try asTrainingError { try PackFile(contentsOf: path) }
        guard let words = file.training else {
            throw .notCheckpoint(path: path)
        }
        model = try asTrainingError { try Model(file) }
        do throws(TrainingError) {
            recipe = try Recipe(words: words)
            state = try TrainingState(words: words)
            let inputs = try TrainingInputs(model)
            try recipe.check(scale: inputs.scale)
            try state.check(recipe, measureCount: inputs.measures.count)
            if recipe.averageDecay > 0 {
                let states = try asTrainingError { try Pack(contentsOf: path).states }
                average = try WeightAverage(states, of: model.parameters, decay: recipe.averageDecay)
            }
        } catch {
            throw .unusableCheckpoint(path: path, error)
        }
        let paths = words["data"] ?? ""
        let separator: Character = paths.contains("\0") ? "\0" : "\n"
        dataPaths = paths.split(separator: separator).map { FilePath(text: String($0)) }
        extras = TrainingExtras(word: words["extras"] ?? "")
        dataDigest = words["data_digest"]
        record = RunRecord(words: words)
    }

    /// What `last.gpack` holds.
    var pack: Pack {
        var pack = model.pack(includingState: true)
        pack.states += average?.states(like: model.parameters) ?? []
        var words = recipe.words.merging(state.words) { first, _ in first }.merging(record.words) { first, _ in first }
        // A path may hold a line end, but none a zero.
        let texts = dataPaths.map(\.text)
        let holdsLineEnd = texts.contains { $0.contains(where: \.isNewline) }
        words["data"] = holdsLineEnd ? texts.map { $0 + "\0" }.joined() : texts.joined(separator: "\n")
        words["data_digest"] = dataDigest
        if !extras.isEmpty { words["extras"] = extras.word }
        pack.training = words
        return pack
    }

    /// Has the run go on for longer, or shorter, than it was to.
    ///
    /// - Parameters:
    ///   - epochCount: epochs of the whole run; nil for as many as before.
    ///   - patience: epochs without improvement after which it ends; nil for as many as before.
    /// - Returns: what people should know of it; nil where the run is one that could have begun so.
    /// - Throws: when a number is out of range.
    public mutating func extend(epochCount: Int? = nil, patience: Int? = nil) throws(TrainingError) -> TrainingEvent? {
        let before = recipe
        if let epochCount { recipe.epochCount = epochCount }
        if let patience { recipe.patience = patience }
        try recipe.check(scale: TrainingInputs(model).scale)
        func rate(_ step: Int, _ recipe: Recipe) -> Float { recipe.learningRate.rate(step: step, of: recipe.stepCount) }
        guard state.step > 0, state.step < recipe.stepCount, rate(state.step, before) != rate(state.step, recipe) else {
            return nil
        }
        return .otherRates(
            after: state.step, from: rate(state.step, before), to: rate(state.step + 1, recipe), epochCount: recipe.epochCount)
    }

    /// Puts the weights and the optimizer back to where a pack of the same model has them.
    func restoreParameters(from pack: Pack) throws(TrainingError) {
        let known = Set(model.parameters.tensors.map(\.path))
        for tensor in pack.weights + pack.states where known.contains(tensor.path) {
            try asTrainingError { try model.parameters.setValues(tensor.values, of: tensor.path) }
        }
    }
}
