import GraphCompiler
import GraphIR
import GraphRuntime

/// An entry with sizes, weights and inputs drawn from a seed, to be run in several ways.
struct EntryCase {
    /// Fused.
    let entry: Entry
    /// The same as the interpreter runs it, perhaps from an earlier stage.
    let reference: Graph
    let sizes: [String: Int]
    let seed: UInt64

    init(_ entry: Entry, reference: Graph? = nil, sizes: [String: Int], seed: UInt64) {
        self.entry = entry
        self.reference = reference ?? entry.graph
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

    private static let scalars: [String: Float] = ["learning_rate": 1e-3, "step": 3, "clip_norm": 20]

    /// - Parameter graph: the one that is run; passes may have dropped a weight that nothing reads.
    private func parameterStore(_ graph: Graph) throws -> ParameterStore {
        let store = try ParameterStore(for: [graph])
        try store.initialize(seed: seed)
        // Biases and moments that are not zero show more.
        for tensor in store.tensors where tensor.initializer == .zeros {
            let isSquare = tensor.path.hasSuffix("adam_v")
            var generator = SplitMix64(seed: seed ^ UInt64(tensor.path.utf8.reduce(0) { $0 * 31 % 65521 + Int($1) }))
            try store.setValues(
                (0..<tensor.elementCount).map { _ in
                    let value = Float(generator.nextNormal()) * 0.01
                    return isSquare ? value * value : value
                }, of: tensor.path)
        }
        return store
    }

    private struct Input {
        var name: String
        var shape: [Int]
        var element: ElementType
        var values: [Float]

        var source: any RowSource {
            element == .u8 ? TensorSource(values.map { UInt8($0) }) : TensorSource(values)
        }
    }

    /// Pixels, and numbers from 0 to 2.
    private func inputs(_ graph: Graph) -> [Input] {
        var generator = SplitMix64(seed: seed &+ 1)
        return graph.nodes.filter { $0.content == .input }.map { node in
            let shape = node.type.shape.constant ?? []
            let values = (0..<shape.reduce(1, *)).map { _ in Float(UInt8(truncatingIfNeeded: generator.next())) }
            let isByte = node.type.element == .u8
            return Input(
                name: node.name, shape: shape, element: node.type.element,
                values: isByte ? values : values.map { $0 / 128 })
        }
    }

    func interpreted() throws -> Outcome { try interpreted(in: Float.self) }

    func interpreted<Scalar: EvaluationScalar>(in scalar: Scalar.Type) throws -> Outcome {
        let graph = try reference.bound(to: sizes)
        let store = try parameterStore(graph)
        var tensors: [String: Tensor<Scalar>] = [:]
        for tensor in store.tensors {
            tensors[tensor.path] = Tensor(shape: tensor.shape, values: (store.values(of: tensor.path) ?? []).map { Scalar($0) })
        }
        var images: [String: Tensor<Scalar>] = [:]
        for input in inputs(graph) { images[input.name] = Tensor(shape: input.shape, values: input.values.map { Scalar($0) }) }
        let results = try Interpreter<Scalar>().run(
            graph, inputs: images, weights: tensors, scalars: Self.scalars.mapValues { Scalar($0) })
        return Outcome(
            outputs: results.outputs.mapValues { $0.values.map { Float($0) } },
            measures: results.measures.mapValues { Float($0) },
            updates: results.updates.mapValues { $0.values.map { Float($0) } })
    }

    func executed(_ instructionSet: InstructionSet, bandRows: Int?, threadCount: Int) throws -> Outcome {
        try executed(planned(instructionSet, bandRows: bandRows), threadCount: threadCount)
    }

    func planned(_ instructionSet: InstructionSet, bandRows: Int?) throws -> Program {
        try Pipeline.plan(entry, sizes: sizes, PlanOptions(instructionSet, memory: .bands(rows: bandRows))).program
    }

    func executed(_ program: Program, threadCount: Int) throws -> Outcome {
        let store = try parameterStore(program.graph)
        let session = try Session(program, parameters: store, threadCount: threadCount)
        var sources: [String: any RowSource] = [:]
        for input in inputs(program.graph) { sources[input.name] = input.source }
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
        let scalars = Self.scalars.filter { scalar in
            program.graph.nodes.contains { $0.content == .scalar && $0.name == scalar.key }
        }
        let measures = try session.run(inputs: sources, scalars: scalars, outputs: sinks)
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
