import GraphCompiler
import GraphIR
import GraphModel
import GraphRuntime

/// One step of training after another: each changes the weights by what a batch tells of them.
protocol TrainingStep: AnyObject {
    var inputs: TrainingInputs { get }

    /// - Parameters:
    ///   - step: 1 for the first.
    ///   - batch: this rank's share of it.
    func run(_ step: Int, on batch: Batch) throws(TrainingError) -> StepValues

    /// Runs a step by the ops' reference implementation up to the first value that is not finite, though all that it is
    /// made of are. The weights stay as they are.
    ///
    /// - Returns: what is wrong there, and where; nil when all values are finite.
    func firstNonFinite(_ step: Int, on batch: Batch) throws(TrainingError) -> String?

    /// Takes over the weights and the optimizer's states that have been put into the model.
    func readModel() throws(TrainingError)

    /// Brings the optimizer's states to where the model has them, for a checkpoint: that of the first rank.
    func writeModel() throws(TrainingError)
}

/// What one step measured.
struct StepValues: Hashable, Sendable {
    /// In the order of the run's measures: the loss first.
    var measures: [Double]
    /// Before clipping.
    var gradientNorm: Double
}

/// The step that a recipe asks for.
///
/// - Throws: when the model cannot be trained on pictures, the recipe does not fit it, or memory is short.
func trainingStep(
    _ model: Model, _ extras: TrainingExtras, _ recipe: Recipe, _ options: RunOptions, _ ranks: any RankGroup
) throws(TrainingError) -> any TrainingStep {
    let inputs = try TrainingInputs(model)
    try extras.check(inputs.enlargement.extras)
    if let name = extras.noises.sorted().first(where: { !inputs.ofEachCrop.contains($0) }) { throw .oneForAllCrops(input: name) }
    if let name = extras.noises.sorted().first, recipe.degradation.noise == nil { throw .noNoise(input: name) }
    try recipe.check(scale: inputs.scale)
    try recipe.check(rankCount: ranks.count)
    if recipe.laneCount == 1 { return try WholeStep(model, inputs, extras, recipe, options) }
    return try LaneStep(model, inputs, extras, recipe, options, ranks)
}

extension Entry {
    /// What trains on so many crops of a recipe.
    ///
    /// - Throws: when the instruction set is not this processor's.
    func program(
        _ inputs: TrainingInputs, _ recipe: Recipe, _ options: RunOptions, cropCount: Int
    ) throws(TrainingError) -> Program {
        guard InstructionSet.runnable.contains(options.instructionSet) else {
            throw .instructionSetNotHere(options.instructionSet)
        }
        return try asTrainingError {
            let side = recipe.patchSide / inputs.scale
            return try Pipeline.plan(
                self, sizes: inputs.enlargement.sizes(imageCount: cropCount, height: side, width: side),
                PlanOptions(options.instructionSet, algorithm: recipe.algorithm)
            ).program
        }
    }
}

extension Recipe {
    /// What a program is told of a step, which is 1 for the first.
    func scalars(step: Int) -> [String: Float] {
        var scalars = [
            TrainingScalars.learningRate: learningRate.rate(step: step, of: stepCount), TrainingScalars.step: Float(step),
        ]
        if optimizer.decaysWeights { scalars[TrainingScalars.weightDecay] = weightDecay }
        return scalars
    }
}

extension Model {
    /// Runs a graph on a batch by the ops' reference implementation, up to the first value that is not finite.
    ///
    /// - Returns: what is wrong there, and where; nil when all values are finite.
    func firstNonFinite(
        of graph: Graph, _ inputs: TrainingInputs, _ extras: TrainingExtras, on batch: Batch, cropCount: Int, patchSide: Int,
        scalars: [String: Float]
    ) throws(TrainingError) -> String? {
        let side = patchSide / inputs.scale
        let sizes = inputs.enlargement.sizes(imageCount: cropCount, height: side, width: side)
        let pixels = batch.extras.merging([inputs.reduced: batch.reduced, inputs.truth: batch.truth]) { $1 }
        var tensors: [String: Tensor<Float>] = [:]
        for node in graph.nodes where node.content == .input {
            let shape = Shape(node.type.shape.dimensions.map { $0.bound(to: sizes) }).constant ?? []
            if let pixels = pixels[node.name] {
                tensors[node.name] = Tensor(shape: shape, values: pixels.map(Float.init))
            } else if extras.noises.contains(node.name) {
                tensors[node.name] = Tensor(shape: shape, values: batch.noiseDeviations.spread(over: shape.reduce(1, *)))
            } else {
                tensors[node.name] = Tensor(shape: shape, repeating: extras.numbers[node.name] ?? 0)
            }
        }
        let weights = parameters.tensors.map { tensor in
            (tensor.path, Tensor(shape: tensor.shape, values: parameters.values(of: tensor.path) ?? []))
        }
        do throws(NodeError) {
            _ = try Interpreter<Float>().run(
                graph, inputs: tensors, weights: Dictionary(uniqueKeysWithValues: weights), scalars: scalars,
                stopsAtNonFinite: true)
            return nil
        } catch {
            guard case .notFinite = error else { throw .evaluation(error) }
            return error.description
        }
    }
}
