import GraphIR
import GraphKernelInterface
import GraphRuntime

/// What a training program reads: one batch after another, and beside it numbers that stay.
final class BatchSources {
    /// By the names of the program's inputs.
    let rows: [String: any RowSource]
    private let reduced = TensorSource<UInt8>([])
    private let truth = TensorSource<UInt8>([])
    private let extras: [String: TensorSource<UInt8>]
    /// Inputs that are told how noisy each crop is.
    private let noises: [Noise]

    private struct Noise {
        let source = TensorSource<Float>([])
        let elementCount: Int
    }

    /// - Parameter graph: whose sizes are numbers.
    init(_ inputs: TrainingInputs, _ given: TrainingExtras, of graph: Graph) {
        var rows: [String: any RowSource] = [inputs.reduced: reduced, inputs.truth: truth]
        var noises: [Noise] = []
        for node in graph.nodes where node.content == .input {
            let count = (node.type.shape.constant ?? []).reduce(1, *)
            if given.noises.contains(node.name) {
                noises.append(Noise(elementCount: count))
                rows[node.name] = noises[noises.count - 1].source
            } else if let number = given.numbers[node.name] {
                rows[node.name] =
                    node.type.element == .u8
                    ? TensorSource(Array(repeating: UInt8(number), count: count))
                    : TensorSource(Array(repeating: number, count: count))
            }
        }
        self.noises = noises
        extras = given.folders.mapValues { _ in TensorSource<UInt8>([]) }
        for (name, source) in extras { rows[name] = source }
        self.rows = rows
    }

    /// What the next run reads.
    func take(_ batch: Batch) {
        reduced.values = batch.reduced
        truth.values = batch.truth
        for (name, source) in extras { source.values = batch.extras[name] ?? [] }
        for noise in noises { noise.source.values = batch.noiseDeviations.spread(over: noise.elementCount) }
    }
}

extension [Float] {
    /// Each number as often as fits so many elements.
    func spread(over elementCount: Int) -> [Float] { flatMap { repeatElement($0, count: elementCount / count) } }
}
