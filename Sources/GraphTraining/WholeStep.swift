import GraphCompiler
import GraphIR
import GraphModel
import GraphRuntime

/// A batch that is one lane: it goes whole through the model's `train` entry, which updates the weights.
final class WholeStep: TrainingStep {
    let inputs: TrainingInputs

    private let model: Model
    private let recipe: Recipe
    private let session: Session
    private let extras: TrainingExtras
    private let sources: BatchSources

    /// - Throws: when the instruction set is not this processor's, or memory is short.
    init(
        _ model: Model, _ inputs: TrainingInputs, _ extras: TrainingExtras, _ recipe: Recipe, _ options: RunOptions
    ) throws(TrainingError) {
        self.extras = extras
        self.model = model
        self.recipe = recipe
        self.inputs = inputs
        let entry = try asTrainingError { try model.entry(.train) }
        let program = try entry.program(inputs, recipe, options, cropCount: recipe.batchCount)
        session = try asTrainingError {
            try Session(program, parameters: model.parameters, threadCount: options.threadCount)
        }
        sources = BatchSources(inputs, extras, of: program.graph)
        try asTrainingError { try session.bind(inputs: sources.rows) }
    }

    func run(_ step: Int, on batch: Batch) throws(TrainingError) -> StepValues {
        sources.take(batch)
        try asTrainingError {
            for (name, number) in scalars(step: step) { try session.setScalar(name, number) }
            try session.run()
        }
        return StepValues(
            measures: inputs.measures.map { Double(session.measure($0.name) ?? .nan) },
            gradientNorm: Double(session.measure(TrainingMeasures.gradientNorm) ?? .nan))
    }

    func firstNonFinite(_ step: Int, on batch: Batch) throws(TrainingError) -> String? {
        try model.firstNonFinite(
            of: asTrainingError { try model.entry(.train).graph }, inputs, extras, on: batch, cropCount: recipe.batchCount,
            patchSide: recipe.patchSide, scalars: scalars(step: step))
    }

    // The program reads and updates the model's own.
    func readModel() {}
    func writeModel() {}

    private func scalars(step: Int) -> [String: Float] {
        recipe.scalars(step: step).merging([TrainingScalars.clipNorm: recipe.clipNorm]) { first, _ in first }
            .merging(inputs.scalars(of: extras)) { first, _ in first }
    }
}
