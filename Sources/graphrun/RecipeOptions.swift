import ArgumentParser
import GraphCompiler
import GraphIR
import GraphTraining

/// What a run computes. Each option replaces one value of a named recipe; the help of `train` lists them in
/// groups, so that it stays on one screen.
struct RecipeOptions: ParsableArguments {
    @Option(help: .hidden) var recipe: String?
    @Option(help: .hidden) var epochs: Int?
    @Option(help: .hidden) var stepsPerEpoch: Int?
    @Option(help: .hidden) var batch: Int?
    @Option(help: .hidden) var lanes: Int?
    @Option(help: .hidden) var patch: Int?
    @Option(help: .hidden) var seed: UInt64?
    @Option(name: .customLong("lr"), help: .hidden) var learningRate: Float?
    @Option(name: .customLong("lr-schedule"), help: .hidden) var course: LearningRate.Course?
    @Option(name: .customLong("warmup"), help: .hidden) var warmUp: Int?
    @Option(help: .hidden) var optimizer: Optimizer?
    @Option(help: .hidden) var weightDecay: Float?
    @Option(help: .hidden) var freeze: FrozenWeights?
    @Option(help: .hidden) var clipNorm: Float?
    @Option(name: .customLong("ema"), help: .hidden) var averageDecay: Float?
    @Option(help: .hidden) var monitor: Monitor?
    @Option(help: .hidden) var patience: Int?
    @Option(help: .hidden) var validation: Validation.Kind?
    @Option(help: .hidden) var validationCrops: Int?
    @Option(help: .hidden) var degrade: Degradation?
    @Option(help: .hidden) var algorithm: ConvolutionAlgorithm?

    func validate() throws {
        if let recipe, Recipe.named[recipe] == nil {
            let names = Recipe.named.keys.sorted().joined(separator: ", ")
            throw ValidationError("There is no recipe '\(recipe)'; there is \(names).")
        }
        try check(epochs ?? 1, 1...1_000_000, "--epochs")
        try check(stepsPerEpoch ?? 1, 1...1_000_000, "--steps-per-epoch")
        try check(batch ?? 1, 1...4096, "--batch")
        try check(lanes ?? 1, 1...4096, "--lanes")
        try check(patch ?? 1, 1...4096, "--patch")
        try check(warmUp ?? 0, 0...1_000_000_000, "--warmup")
        try check(patience ?? 1, 1...1_000_000, "--patience")
        try check(validationCrops ?? 1, 1...100_000, "--validation-crops")
        guard learningRate ?? 1 > 0, learningRate ?? 1 <= 1 else {
            throw ValidationError("--lr is \(learningRate ?? 0); give a number above 0 and at most 1.")
        }
        guard weightDecay == nil || optimizer?.decaysWeights == true else {
            throw ValidationError("--weight-decay goes with an optimizer whose weights decay: --optimizer adamw or adan.")
        }
        guard weightDecay ?? 0 >= 0, weightDecay ?? 0 < 1 else {
            throw ValidationError("--weight-decay is \(weightDecay ?? 0); give a number from 0 to below 1, as 0.01.")
        }
        guard clipNorm ?? 1 > 0 else {
            throw ValidationError("--clip-norm is \(clipNorm ?? 0); give a number above 0.")
        }
        guard averageDecay ?? 0 >= 0, averageDecay ?? 0 < 1 else {
            throw ValidationError("--ema is \(averageDecay ?? 0); give a number from 0 to below 1, as 0.999.")
        }
    }

    /// The named recipe, the tutorial's where none is named, with the values that were given.
    var values: Recipe {
        var values = recipe.flatMap { Recipe.named[$0] } ?? Recipe()
        func set<Value>(_ path: WritableKeyPath<Recipe, Value>, _ value: Value?) {
            if let value { values[keyPath: path] = value }
        }
        // Another rate comes with its own course, which halves it.
        if let learningRate { values.learningRate = LearningRate(base: learningRate) }
        set(\.learningRate.course, course)
        set(\.learningRate.warmUpStepCount, warmUp)
        set(\.epochCount, epochs)
        set(\.stepsPerEpoch, stepsPerEpoch)
        set(\.batchCount, batch)
        set(\.laneCount, lanes)
        set(\.patchSide, patch)
        set(\.seed, seed)
        set(\.optimizer, optimizer)
        set(\.weightDecay, weightDecay)
        set(\.frozen, freeze)
        set(\.clipNorm, clipNorm)
        set(\.averageDecay, averageDecay)
        set(\.monitor, monitor)
        set(\.patience, patience)
        set(\.validation, validation)
        set(\.validationCropLimit, validationCrops)
        set(\.degradation, degrade)
        set(\.algorithm, algorithm)
        return values
    }

    func refuseChanges() throws {
        let fixed: [(String, Bool)] = [
            ("--recipe", self.recipe != nil), ("--steps-per-epoch", stepsPerEpoch != nil), ("--batch", batch != nil),
            ("--lanes", lanes != nil), ("--patch", patch != nil), ("--seed", seed != nil), ("--lr", learningRate != nil),
            ("--optimizer", optimizer != nil), ("--weight-decay", weightDecay != nil), ("--freeze", freeze != nil),
            ("--lr-schedule", course != nil), ("--warmup", warmUp != nil), ("--clip-norm", clipNorm != nil),
            ("--ema", averageDecay != nil), ("--monitor", monitor != nil), ("--validation", validation != nil),
            ("--validation-crops", validationCrops != nil), ("--degrade", degrade != nil), ("--algorithm", algorithm != nil),
        ]
        if let (name, _) = fixed.first(where: \.1) {
            throw ValidationError(
                "\(name) does not go with --resume: but for --epochs and --patience a run goes on as it began; "
                    + "begin a new one with --init RUN/best.gpack.")
        }
    }
}

extension LearningRate.Course: ExpressibleByArgument {
    /// The value of an option; nil where it has no such value.
    public init?(argument: String) { self.init(argument) }

    /// What a message about another value shows.
    public static var allValueStrings: [String] { ["STEP:RATE,…", "cosine", "cosine:RATE", "constant"] }
}

extension Degradation: ExpressibleByArgument {
    /// The value of an option; nil where it has no such value.
    public init?(argument: String) { self.init(argument) }

    /// What a message about another value shows.
    public static var allValueStrings: [String] { examples }
}

extension FrozenWeights: ExpressibleByArgument {
    /// The value of an option; nil where it has no such value.
    public init?(argument: String) {
        guard !argument.isEmpty else { return nil }
        self.init(argument)
    }
}

extension Optimizer: ExpressibleByArgument {}
extension Monitor: ExpressibleByArgument {}
extension Validation.Kind: ExpressibleByArgument {}
