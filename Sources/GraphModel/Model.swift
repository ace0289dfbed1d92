import GraphCompiler
import GraphIR
import GraphLanguage
import GraphPack
import GraphRuntime
import SystemPackage

/// A model in memory: its graph, its compiled entries and its weights, from a `.graph` or a `.gpack`.
///
///     let model = try Model(contentsOf: "edsr.gpack")
///     try model.enlarge("photo.png", to: "big.png")
///
/// Copies of a model share its weights. Any number of threads may use them at once, as long as none changes them: a run of
/// `train`, ``bind(_:from:)``, and the first ``entry(_:)`` of `train` need them for themselves.
public struct Model: Sendable {
    /// The elaborated entries in public ops, as text: what a pack keeps for ever.
    public let graphText: String
    /// The entries as far as they compile without sizes; of a model that was loaded to run, without `train`.
    public let compiled: Module
    /// The entries as the pack has them, where `train`, by far the longest, was left until it is asked for.
    private let postponed: SourceText?
    /// Weights and states, those of training where there are any; shared by all copies of the model.
    public let parameters: ParameterStore
    /// What a checkpoint remembers of its training; nil for a model that is not being trained.
    public var training: [String: String]?
    /// What trained the weights: free words by key.
    public var metadata: [String: String]

    /// Loads a pack, or compiles a `.graph` file and gives it fresh weights.
    ///
    /// - Parameters:
    ///   - values: compile-time parameters of a `.graph` file, by name.
    ///   - seed: of the fresh weights.
    public init(
        contentsOf path: FilePath, values: [String: CompileTimeValue] = [:], seed: UInt64 = 0
    ) throws(ModelError) {
        if path.extension == "graph" {
            try self.init(source: SourceText(contentsOf: path), values: values, seed: seed)
        } else {
            guard values.isEmpty else {
                throw .parametersOfPack(path: path)
            }
            let file: PackFile
            do { file = try PackFile(contentsOf: path) } catch { throw .pack(error) }
            try self.init(file)
        }
    }

    /// Compiles source text and initialises its weights.
    public init(source: SourceText, values: [String: CompileTimeValue] = [:], seed: UInt64 = 0) throws(ModelError) {
        try self.init(compiling: source, values: values)
        metadata = ["seed": "\(seed)"]
        do { try parameters.initialize(seed: seed) } catch { throw .runtime(error) }
    }

    /// Compiles source text and gives it weights.
    ///
    /// - Throws: naming each tensor that is missing, unknown or of another shape; `path` is what errors call them.
    public init(
        source: SourceText, values: [String: CompileTimeValue] = [:], weights: [PackedTensor], from path: FilePath
    ) throws(ModelError) {
        try self.init(compiling: source, values: values)
        try bind(weights, from: path)
    }

    /// All weights are 0.
    private init(compiling source: SourceText, values: [String: CompileTimeValue]) throws(ModelError) {
        if let stage = source.stage, stage > .elaborated {
            throw .lateStage(name: source.name, stage)
        }
        let module = try source.compiled(values, upTo: .elaborated)
        graphText = SyntaxPrinter.print(module.syntax(stage: .elaborated))
        compiled = try Self.continued(module, from: source)
        postponed = nil
        parameters = try Self.store(for: compiled)
        metadata = [:]
    }

    /// The word of ``training`` that names the optimizer of the `train` entry; Adam's where there is none.
    public static let optimizerKey = "recipe.optimizer"

    /// The word of ``training`` that names the weights which the `train` entry leaves as they are; there is none for none.
    public static let frozenKey = "recipe.freeze"

    /// The model with another optimizer in its `train` entry, whose states are fresh; it has weights of its own.
    ///
    /// - Parameter frozen: weights that the entry leaves as they are.
    /// - Throws: never for a model that was loaded or compiled.
    public func trained(by optimizer: Optimizer, except frozen: FrozenWeights) throws(ModelError) -> Model {
        try Model(self, optimizer, frozen)
    }

    private init(_ other: Model, _ optimizer: Optimizer, _ frozen: FrozenWeights) throws(ModelError) {
        graphText = other.graphText
        let source = SourceText(graphText, name: other.compiled.name)
        compiled = try Self.continued(source.compiled([:], upTo: .elaborated), from: source, optimizer, frozen)
        postponed = nil
        parameters = try Self.store(for: compiled)
        training = other.training
        metadata = other.metadata
        for tensor in other.parameters.tensors where !tensor.isTrainingState {
            guard let values = other.parameters.values(of: tensor.path) else { continue }
            do { try parameters.setValues(values, of: tensor.path) } catch { throw .runtime(error) }
        }
    }

    /// Loads a pack; its tensors are decoded where sessions read them.
    public init(_ file: PackFile) throws(ModelError) {
        graphText = file.graphText
        if file.compilerVersion == Pipeline.version, let text = file.compiledText {
            let source = SourceText(text, name: file.path.shown)
            compiled = try source.compiled([:], upTo: .fused, entries: { $0 != .train })
            postponed = source
        } else {
            let source = SourceText(graphText, name: file.path.shown)
            let optimizer = file.training?[Self.optimizerKey].flatMap { Optimizer($0) } ?? .adam
            let frozen = file.training?[Self.frozenKey].flatMap { FrozenWeights($0) } ?? FrozenWeights()
            compiled = try Self.continued(source.compiled([:], upTo: .elaborated), from: source, optimizer, frozen)
            postponed = nil
        }
        parameters = try Self.store(for: compiled)
        training = file.training
        metadata = file.metadata
        let fit = WeightFit(weights: file.weights, states: file.states, of: file.path)
        // A checkpoint has what training keeps; and training may have weights and states that inference has not.
        if !fit.holds(for: parameters), let graph = try postponedTraining() { try add(graph) }
        try fit.check(compiled.name, parameters, isCheckpoint: training != nil)
        do {
            try parameters.withMutableValues { (places) throws(PackError) in try file.decode(into: places) }
        } catch { throw .pack(error) }
    }

    /// The model as a pack.
    ///
    /// - Parameter includingState: whether what training alone keeps goes along, as in a checkpoint: the optimizer's
    ///   states. Those that the graph declares always do.
    public func pack(includingState: Bool) -> Pack {
        func tensors(where isWanted: (ParameterStore.Tensor) -> Bool) -> [PackedTensor] {
            parameters.tensors.filter(isWanted).map { tensor in
                PackedTensor(path: tensor.path, shape: tensor.shape, values: parameters.values(of: tensor.path) ?? [])
            }
        }
        return pack(
            weights: tensors { !$0.isState }, states: tensors { $0.isState && (includingState || !$0.isTrainingState) },
            training: includingState ? training : nil)
    }

    private func pack(weights: [PackedTensor], states: [PackedTensor], training: [String: String]?) -> Pack {
        Pack(
            graphText: graphText,
            compiledText: postponed?.text ?? SyntaxPrinter.print(compiled.syntax(stage: .fused)),
            compilerVersion: Pipeline.version, weights: weights, states: states, training: training, metadata: metadata)
    }

    /// Source text and weights as a pack. Its numbers are those that are given: none is copied.
    ///
    /// - Returns: also what ``summary`` says of the model.
    /// - Throws: naming each tensor that is missing, unknown or of another shape; `path` is what errors call them.
    public static func packed(
        source: SourceText, weights: [PackedTensor], from path: FilePath
    ) throws(ModelError) -> (pack: Pack, summary: String) {
        let model = try Model(compiling: source, values: [:])
        let fitting = try model.fitting(weights, states: [], from: path)
        return (model.pack(weights: fitting.weights, states: fitting.states, training: nil), model.summary)
    }

    /// A compiled entry; an error that says what is missing where the model declares none.
    public func entry(_ role: Role) throws(ModelError) -> Entry {
        let isPostponed = role == .train && postponed != nil
        guard let graph = isPostponed ? try makeRoomForTraining() : compiled[role] else {
            throw .missingEntry(model: compiled.name, role)
        }
        return Entry(role: role, graph: graph)
    }

    /// Reads the `train` entry, if it was postponed and there is one, and adds what it keeps to the parameters.
    ///
    /// - Throws: also when it needs a weight or state of its own that the pack does not hold.
    @discardableResult
    func makeRoomForTraining() throws(ModelError) -> Graph? {
        guard let graph = try postponedTraining() else { return nil }
        let known = Set(parameters.tensors.map(\.path))
        let missing = graph.nodes.compactMap(\.path).filter { !known.contains($0) && !TrainingStates.contain($0) }
        guard missing.isEmpty else { throw .leftOut(model: compiled.name, paths: missing.sorted()) }
        try add(graph)
        return graph
    }

    private func postponedTraining() throws(ModelError) -> Graph? {
        try postponed?.compiled([:], upTo: .fused, entries: { $0 == .train })[.train]
    }

    private func add(_ graph: Graph) throws(ModelError) {
        do { try parameters.add([graph]) } catch { throw .runtime(error) }
    }

    /// The entries at a stage from `elaborated` to `fused`.
    public func module(at stage: Stage) throws(ModelError) -> Module {
        if stage >= .fused { return try postponed?.compiled([:], upTo: .fused) ?? compiled }
        return try SourceText(graphText, name: compiled.name).compiled([:], upTo: stage)
    }

    /// The `train` entry of one lane: see ``GraphCompiler/Pipeline/laneEntry(of:except:)``.
    public func laneEntry(except frozen: FrozenWeights) throws(ModelError) -> Entry {
        let source = SourceText(graphText, name: compiled.name)
        guard let graph = try source.compiled([:], upTo: .elaborated)[.train] else {
            throw .missingEntry(model: compiled.name, .train)
        }
        do {
            return try Pipeline.laneEntry(of: Entry(role: .train, graph: graph), except: frozen)
        } catch { throw ModelError(error, in: source) }
    }

    /// Replaces the weights and the graph's own states.
    ///
    /// - Parameters:
    ///   - tensors: both.
    ///   - states: of a pack, which may be a checkpoint: those that the graph declares are taken.
    /// - Throws: naming each tensor that is missing, unknown or of another shape.
    public func bind(
        _ tensors: [PackedTensor], states: [PackedTensor] = [], from path: FilePath
    ) throws(ModelError) {
        let fitting = try fitting(tensors, states: states, from: path)
        for tensor in fitting.weights + fitting.states {
            do { try parameters.setValues(tensor.values, of: tensor.path) } catch { throw .runtime(error) }
        }
    }

    /// The tensors of a file that are the model's weights, and those that are its states.
    ///
    /// - Throws: where they are not all, or others.
    private func fitting(
        _ tensors: [PackedTensor], states: [PackedTensor], from path: FilePath
    ) throws(ModelError) -> (weights: [PackedTensor], states: [PackedTensor]) {
        let statePaths = Set(parameters.tensors.filter { $0.isState && !$0.isTrainingState }.map(\.path))
        let weights = tensors.filter { !statePaths.contains($0.path) }
        let states = (tensors + states).filter { statePaths.contains($0.path) }
        try WeightFit(
            weights: weights.map { ($0.path, $0.shape) }, states: states.map { ($0.path, $0.shape) }, of: path
        ).check(compiled.name, parameters, isCheckpoint: false)
        return (weights, states)
    }

    private static func continued(
        _ module: Module, from source: SourceText, _ optimizer: Optimizer = .adam, _ frozen: FrozenWeights = FrozenWeights()
    ) throws(ModelError) -> Module {
        do {
            return try Pipeline.continue(module, after: .elaborated, upTo: .fused, optimizer: optimizer, frozen: frozen)
        } catch {
            throw ModelError(error, in: source)
        }
    }

    private static func store(for module: Module) throws(ModelError) -> ParameterStore {
        do { return try ParameterStore(for: module.entries.map(\.graph)) } catch { throw .runtime(error) }
    }
}
