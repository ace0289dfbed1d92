import GraphCompiler
import GraphIR
import GraphRuntime

/// One entry for one binding of its sizes, run in several ways: two steps one after the other where it trains.
struct EntryRuns {
    let role: Role
    /// What the interpreter runs, with sizes left open: elaborated, or differentiated.
    let reference: Graph
    let fused: Entry
    let sizes: [String: Int]
    let tensors: [ParameterStore.Tensor]
    let parameters: [String: [Float]]
    let arguments: RandomArguments

    private var stepCount: Int { role == .train ? 2 : 1 }

    // MARK: By reference implementations

    /// - Parameter perturbation: in proportion, of all numbers that are no pixels.
    func interpreted<Scalar: EvaluationScalar>(
        _ graph: Graph, in scalar: Scalar.Type, perturbation: (size: Double, seed: UInt64) = (0, 0)
    ) throws -> RandomOutcome {
        var generator = SplitMix64(seed: perturbation.seed)
        func scalars(_ values: [Float], isExact: Bool = false) -> [Scalar] {
            guard perturbation.size > 0, !isExact else { return values.map { Scalar($0) } }
            return values.map { Scalar(Double($0) * (1 + perturbation.size * (2 * generator.nextUnit() - 1))) }
        }
        var inputs: [String: Tensor<Scalar>] = [:]
        for (name, input) in arguments.inputs.sorted(by: { $0.key < $1.key }) {
            inputs[name] = Tensor(shape: input.shape, values: scalars(input.values, isExact: input.element == .u8))
        }
        var weights: [String: Tensor<Scalar>] = [:]
        for tensor in tensors {
            weights[tensor.path] = Tensor(shape: tensor.shape, values: scalars(parameters[tensor.path] ?? []))
        }
        var outcome = RandomOutcome()
        for step in 1...stepCount {
            let results = try Interpreter<Scalar>().run(
                graph, inputs: inputs, weights: weights,
                scalars: RandomArguments.scalars(step: step + 2).mapValues { Scalar($0) })
            for (path, tensor) in results.updates {
                weights[path] = tensor
                outcome.values["update \(path)"] = tensor.values.map { Float($0) }
            }
            for (name, tensor) in results.outputs { outcome.values["output \(name)"] = tensor.values.map { Float($0) } }
            for (name, value) in results.measures { outcome.values["measure \(name) \(step)"] = [Float(value)] }
        }
        notePixels(&outcome)
        return outcome
    }

    private func notePixels(_ outcome: inout RandomOutcome) {
        for output in reference.outputs where reference[output.value].type.element == .u8 {
            outcome.pixels.insert("output \(output.name)")
        }
    }

    // MARK: By kernels

    func plan(
        _ instructionSet: InstructionSet, bandRows: Int?, _ algorithm: ConvolutionAlgorithm = .best
    ) throws(ProgramError) -> Program {
        try Pipeline.plan(
            fused, sizes: sizes, PlanOptions(instructionSet, algorithm: algorithm, memory: .bands(rows: bandRows))
        ).program
    }

    func executed(_ program: Program, threadCount: Int) throws -> RandomOutcome {
        let store = try ParameterStore(for: [program.graph])
        for tensor in store.tensors { try store.setValues(parameters[tensor.path] ?? [], of: tensor.path) }
        let session = try Session(program, parameters: store, threadCount: threadCount)
        let sources = arguments.inputs.mapValues { input -> any RowSource in
            input.element == .u8 ? TensorSource(input.values.map { UInt8($0) }) : TensorSource(input.values)
        }
        let known = Set(program.graph.nodes.filter { $0.content == .scalar }.map(\.name))
        var outcome = RandomOutcome()
        for step in 1...stepCount {
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
            let sinks = floats.mapValues { $0 as any RowSink }.merging(bytes.mapValues { $0 as any RowSink }) { first, _ in first
            }
            let measures = try session.run(
                inputs: sources, scalars: RandomArguments.scalars(step: step + 2).filter { known.contains($0.key) },
                outputs: sinks)
            for (name, sink) in floats { outcome.values["output \(name)"] = sink.values }
            for (name, sink) in bytes { outcome.values["output \(name)"] = sink.values.map { Float($0) } }
            for (name, value) in measures { outcome.values["measure \(name) \(step)"] = [value] }
        }
        for path in program.graph.updates.compactMap({ program.graph[$0.target].path }) {
            outcome.values["update \(path)"] = store.values(of: path)
        }
        notePixels(&outcome)
        return outcome
    }
}
