import GraphCompiler
import GraphIR
import GraphRuntime

/// An entry with sizes, weights and inputs drawn from a seed, to be run in several ways.
struct EntryCase {
    let entry: Entry
    let sizes: [String: Int]
    let seed: UInt64

    init(_ entry: Entry, sizes: [String: Int], seed: UInt64) {
        self.entry = entry
        self.sizes = sizes
        self.seed = seed
    }

    struct Outcome: Equatable {
        var outputs: [String: [Float]] = [:]
        var measures: [String: Float] = [:]
        var updates: [String: [Float]] = [:]

        /// The largest difference of any value, in proportion to the largest of its tensor where that is above 1.
        func difference(from other: Outcome) -> Float {
            var largest: Float = 0
            func compare(_ found: [String: [Float]], _ expected: [String: [Float]]) {
                guard found.keys == expected.keys else { return largest = .infinity }
                for (name, values) in expected {
                    let scale = max(1, values.map(abs).max() ?? 0)
                    for (a, b) in zip(found[name] ?? [], values) {
                        let difference = abs(a - b) / scale
                        largest = difference.isNaN ? .infinity : max(largest, difference)
                    }
                }
            }
            compare(outputs.mapValues { $0 }, other.outputs)
            compare(measures.mapValues { [$0] }, other.measures.mapValues { [$0] })
            compare(updates, other.updates)
            return largest
        }
    }

    private static let scalars: [String: Float] = ["learning_rate": 1e-3, "step": 3]

    private func parameterStore() throws -> ParameterStore {
        let store = try ParameterStore(for: [entry.graph])
        try store.initialize(seed: seed)
        var generator = SplitMix64(seed: seed)
        // Biases and moments that are not zero show more.
        for tensor in store.tensors where tensor.initializer == .zeros {
            let isSquare = tensor.path.hasSuffix("adam_v")
            try store.setValues(
                (0..<tensor.elementCount).map { _ in
                    let value = Float(generator.nextNormal()) * 0.01
                    return isSquare ? value * value : value
                }, of: tensor.path)
        }
        return store
    }

    private func inputs(_ graph: Graph) -> [(node: Node, shape: [Int], values: [UInt8])] {
        var generator = SplitMix64(seed: seed &+ 1)
        return graph.nodes.filter { $0.content == .input }.map { node in
            let shape = node.type.shape.constant ?? []
            return (node, shape, (0..<shape.reduce(1, *)).map { _ in UInt8(truncatingIfNeeded: generator.next()) })
        }
    }

    func interpreted() throws -> Outcome {
        let graph = try entry.graph.bound(to: sizes)
        let store = try parameterStore()
        var tensors: [String: Tensor<Float>] = [:]
        for tensor in store.tensors {
            tensors[tensor.path] = Tensor(shape: tensor.shape, values: store.values(of: tensor.path) ?? [])
        }
        var images: [String: Tensor<Float>] = [:]
        for input in inputs(graph) { images[input.node.name] = Tensor(shape: input.shape, values: input.values.map { Float($0) }) }
        let results = try Interpreter<Float>().run(graph, inputs: images, weights: tensors, scalars: Self.scalars)
        return Outcome(
            outputs: results.outputs.mapValues(\.values), measures: results.measures,
            updates: results.updates.mapValues(\.values))
    }

    func executed(_ instructionSet: InstructionSet, bandRows: Int?, threadCount: Int) throws -> Outcome {
        let program = try Pipeline.specialize(entry, sizes: sizes, instructionSet: instructionSet, bandRows: bandRows)
        return try executed(program, threadCount: threadCount)
    }

    func executed(_ program: Program, threadCount: Int) throws -> Outcome {
        let store = try parameterStore()
        let session = try Session(program, parameters: store, threadCount: threadCount)
        var sources: [String: any RowSource] = [:]
        for input in inputs(program.graph) { sources[input.node.name] = TensorSource(input.values) }
        var floats: [String: TensorSink<Float>] = [:]
        var bytes: [String: TensorSink<UInt8>] = [:]
        for output in program.graph.outputs {
            let type = program.graph[output.value].type
            let count = (type.shape.constant ?? []).reduce(1, *)
            if type.element == .u8 {
                bytes[output.name] = TensorSink(count: count, repeating: 0)
            } else {
                floats[output.name] = TensorSink(count: count, repeating: 0)
            }
        }
        let sinks = floats.mapValues { $0 as any RowSink }.merging(bytes.mapValues { $0 as any RowSink }) { first, _ in first }
        let measures = try session.run(inputs: sources, scalars: Self.scalars, outputs: sinks)
        var outcome = Outcome(
            outputs: floats.mapValues(\.values).merging(bytes.mapValues { $0.values.map { Float($0) } }) { first, _ in first },
            measures: measures)
        for update in program.graph.updates {
            switch program.graph[update.target].content {
            case .weight(let path, _), .state(let path, _): outcome.updates[path] = store.values(of: path)
            default: continue
            }
        }
        return outcome
    }
}
