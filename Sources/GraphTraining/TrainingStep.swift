import GraphCompiler
import GraphIR
import GraphModel
import GraphRuntime

/// What one step measured.
struct StepValues: Hashable, Sendable {
    /// In the order of the run's measures: the loss first.
    var measures: [Double]
    /// Before clipping.
    var gradientNorm: Double
}

/// One step of training after another: a batch through the model's `train` entry, which updates the weights.
final class TrainingStep {
    let inputs: TrainingInputs

    private let model: Model
    private let recipe: Recipe
    private let session: Session
    private let reducedSource = TensorSource<UInt8>([])
    private let truthSource = TensorSource<UInt8>([])

    /// - Throws: when the model cannot be trained on pictures, the recipe does not fit it, or memory is short.
    init(_ model: Model, _ recipe: Recipe, _ options: RunOptions) throws(TrainingError) {
        guard InstructionSet.runnable.contains(options.instructionSet) else {
            throw .instructionSetNotHere(options.instructionSet)
        }
        let inputs = try TrainingInputs(model)
        try recipe.check(scale: inputs.scale)
        self.model = model
        self.recipe = recipe
        self.inputs = inputs
        session = try asTrainingError {
            let side = recipe.patchSide / inputs.scale
            let program = try Pipeline.plan(
                model.entry(.train),
                sizes: inputs.enlargement.sizes(imageCount: recipe.batchCount, height: side, width: side),
                PlanOptions(options.instructionSet, algorithm: recipe.algorithm)
            ).program
            return try Session(program, parameters: model.parameters, threadCount: options.threadCount)
        }
        try asTrainingError { try session.bind(inputs: [inputs.reduced: reducedSource, inputs.truth: truthSource]) }
    }

    /// - Parameter step: 1 for the first.
    func run(_ step: Int, on batch: Batch) throws(TrainingError) -> StepValues {
        reducedSource.values = batch.reduced
        truthSource.values = batch.truth
        try asTrainingError {
            for (name, number) in scalars(step: step) { try session.setScalar(name, number) }
            try session.run()
        }
        return StepValues(
            measures: inputs.measures.map { Double(session.measure($0.name) ?? .nan) },
            gradientNorm: Double(session.measure(TrainingMeasures.gradientNorm) ?? .nan))
    }

    /// Runs a step by the ops' reference implementation up to the first value that is not finite, though all that it is
    /// made of are. The weights stay as they are.
    ///
    /// - Returns: what is wrong there, and where; nil when all values are finite.
    func firstNonFinite(_ step: Int, on batch: Batch) throws(TrainingError) -> String? {
        let side = recipe.patchSide / inputs.scale
        func tensor(_ pixels: [UInt8], side: Int) -> Tensor<Float> {
            Tensor(shape: [recipe.batchCount, side, side, inputs.channelCount], values: pixels.map(Float.init))
        }
        let parameters = model.parameters
        let weights = parameters.tensors.map { tensor in
            (tensor.path, Tensor(shape: tensor.shape, values: parameters.values(of: tensor.path) ?? []))
        }
        let graph = try asTrainingError { try model.entry(.train).graph }
        do throws(NodeError) {
            _ = try Interpreter<Float>().run(
                graph,
                inputs: [
                    inputs.reduced: tensor(batch.reduced, side: side),
                    inputs.truth: tensor(batch.truth, side: recipe.patchSide),
                ],
                weights: Dictionary(uniqueKeysWithValues: weights), scalars: scalars(step: step), stopsAtNonFinite: true)
            return nil
        } catch {
            guard case .notFinite = error else { throw .evaluation(error) }
            return error.description
        }
    }

    private func scalars(step: Int) -> [String: Float] {
        [
            TrainingScalars.learningRate: recipe.learningRate.rate(step: step, of: recipe.stepCount),
            TrainingScalars.step: Float(step), TrainingScalars.clipNorm: recipe.clipNorm,
        ]
    }
}
