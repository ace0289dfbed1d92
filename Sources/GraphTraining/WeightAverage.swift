import GraphIR
import GraphPack
import GraphRuntime

/// The exponential moving average of a model's weights, which often does better than the weights themselves.
///
///     e ← d·e + (1 − d)·w        d = min(decay, (1 + step) / (10 + step))
///
/// The average begins with the first weights, and the smaller decay of the first steps soon forgets them.
///
/// Source: Polyak and Juditsky, "Acceleration of stochastic approximation by averaging" (1992); the decay of
/// the first steps as in TensorFlow's `ExponentialMovingAverage` with `num_updates`.
struct WeightAverage: Sendable {
    let decay: Float
    private let paths: [String]
    private var values: [[Float]]

    /// Begins with the weights that a store holds.
    init(of store: ParameterStore, decay: Float) {
        self.decay = decay
        paths = store.tensors.filter { !$0.isState }.map(\.path)
        values = paths.map { store.values(of: $0) ?? [] }
    }

    /// Goes on with what a checkpoint holds.
    ///
    /// - Throws: when a weight's average is missing or of another size.
    init(_ states: [PackedTensor], of store: ParameterStore, decay: Float) throws(TrainingError) {
        self.init(of: store, decay: decay)
        for (index, path) in paths.enumerated() {
            let kept = states.first { $0.path == path + TrainingStates.averageEnding }
            guard let kept, kept.values.count == values[index].count else {
                throw .missingAverage(path: path)
            }
            values[index] = kept.values
        }
    }

    /// As states of a checkpoint.
    func states(like store: ParameterStore) -> [PackedTensor] {
        let shapes = Dictionary(uniqueKeysWithValues: store.tensors.map { ($0.path, $0.shape) })
        return zip(paths, values).map { path, values in
            PackedTensor(path: path + TrainingStates.averageEnding, shape: shapes[path] ?? [], values: values)
        }
    }

    /// Takes in the weights after a step, which is 1 for the first.
    mutating func update(from store: ParameterStore, step: Int) {
        let rest = 1 - min(decay, Float(1 + step) / Float(10 + step))
        for (index, path) in paths.enumerated() {
            guard let weights = store.values(of: path) else { continue }
            values[index].withUnsafeMutableBufferPointer { average in
                weights.withUnsafeBufferPointer { weights in
                    for element in average.indices { average[element] += rest * (weights[element] - average[element]) }
                }
            }
        }
    }

    /// Runs `body` while the store holds the averages in place of the weights.
    func inPlace<Result>(
        in store: ParameterStore, _ body: () throws(TrainingError) -> Result
    ) throws(TrainingError) -> Result {
        let weights = paths.map { store.values(of: $0) ?? [] }
        try set(values, in: store)
        let result: Result
        do throws(TrainingError) {
            result = try body()
        } catch {
            try set(weights, in: store)
            throw error
        }
        try set(weights, in: store)
        return result
    }

    private func set(_ values: [[Float]], in store: ParameterStore) throws(TrainingError) {
        for (path, values) in zip(paths, values) { try asTrainingError { try store.setValues(values, of: path) } }
    }
}
