import GraphCompiler
import GraphIR
import GraphRuntime

/// An optimizer on some of a model's numbers, which lie one behind the other: those that a rank updates.
final class OptimizerSlice {
    let count: Int
    private let parameters: ParameterStore
    /// nil for no numbers.
    private let session: Session?

    /// - Parameter count: a multiple of a block's numbers.
    init(_ optimizer: Optimizer, count: Int, _ options: RunOptions) throws(TrainingError) {
        self.count = count
        do {
            guard count > 0 else {
                parameters = try ParameterStore(for: [])
                session = nil
                return
            }
            let entry = try Pipeline.updateEntry(
                optimizer, rowCount: count / LaneLayout.blockCount, rowElementCount: LaneLayout.blockCount)
            parameters = try ParameterStore(for: [entry.graph])
            let program = try Pipeline.plan(entry, sizes: [:], PlanOptions(options.instructionSet)).program
            session = try Session(program, parameters: parameters, threadCount: options.threadCount)
            try session?.bind(inputs: [:])
        } catch let error as CompileError {
            preconditionFailure("An optimizer compiles: \(error.diagnostics)")
        } catch {
            throw TrainingError(error)
        }
    }

    /// Replaces the weights or states at a path of ``GraphIR/OptimizerUpdate``.
    func set(_ path: String, _ numbers: UnsafeMutableBufferPointer<Float>) {
        parameters.withMutableValues { $0[path]?.copy(numbers) }
    }

    /// Copies the weights or states at a path of ``GraphIR/OptimizerUpdate``.
    func copy(_ path: String, to numbers: UnsafeMutableBufferPointer<Float>) {
        parameters.withMutableValues { places in
            if let values = places[path] { numbers.copy(values) }
        }
    }

    /// One step along the gradients that were set.
    func update(_ scalars: [String: Float]) throws(TrainingError) {
        guard let session else { return }
        try asTrainingError {
            for (name, number) in scalars { try session.setScalar(name, number) }
            try session.run()
        }
    }
}
