import GraphCompiler
import GraphIR
import GraphRuntime

extension Model {
    /// What one run of an entry computed. Elements of u8 tensors are whole numbers.
    public typealias Results = Interpreter<Float>.Results

    /// Runs an entry once on whole tensors. A run of `train` is one step of training: it leaves the new
    /// weights and states in ``parameters``.
    ///
    /// - Parameters:
    ///   - inputs: by name; their shapes decide the symbolic sizes. Elements of u8 inputs are whole
    ///     numbers 0…255.
    ///   - scalars: by name: `learning_rate`, `step` and `clip_norm` of `train`, which clips nothing without
    ///     the last.
    ///   - withGradients: whether the derivative of the loss by each weight is an output,
    ///     `gradient.<path>`; for `train` alone.
    ///   - observer: told and asked while the compiled program runs.
    /// - Throws: what does not fit the entry; what would take more memory than 4096 times the inputs and weights and 64 MiB; ``ModelError/cancelled``, after which a run of `train` may have left some of
    ///   its updates.
    public func run(
        _ role: Role, inputs: [String: Tensor<Float>], scalars: [String: Float] = [:],
        by execution: Execution, withGradients: Bool = false, observer: RunObserver = RunObserver()
    ) throws(ModelError) -> Results {
        let entry = try entry(role, withGradients: withGradients)
        if role == .train { try makeRoomForTraining() }
        try check(inputs: inputs.keys.sorted(), scalars: scalars.keys.sorted(), of: entry)
        // What an entry makes of its inputs grows with them, and with its weights.
        let givenByteCount = inputs.values.reduce(4 * parameters.tensors.reduce(0) { $0 + $1.elementCount }) {
            $0 + 4 * $1.values.count
        }
        let byteLimit = 64 << 20 + 4096 * givenByteCount
        let unclipped = role == .train ? [TrainingScalars.clipNorm: Float.infinity] : [:]
        let scalars = unclipped.merging(scalars) { _, given in given }
        switch execution {
        case .interpreted:
            let graph = try compiled(entry, upTo: .differentiated).graph
            let results: Results
            do {
                results = try Interpreter<Float>().run(
                    graph, inputs: inputs, weights: tensors, scalars: scalars, byteLimit: byteLimit)
            } catch { throw .evaluation(error) }
            for (path, update) in results.updates {
                do { try parameters.setValues(update.values, of: path) } catch { throw .runtime(error) }
            }
            return results
        case .compiled(let threadCount, let bandRows, let algorithm):
            return try run(
                compiled(entry, upTo: .fused), inputs: inputs, scalars: scalars, threadCount: threadCount,
                bandRows: bandRows, algorithm, byteLimit: byteLimit, observer)
        }
    }

    /// Every weight and state by path.
    private var tensors: [String: Tensor<Float>] {
        parameters.tensors.reduce(into: [:]) { tensors, tensor in
            tensors[tensor.path] = Tensor(shape: tensor.shape, values: parameters.values(of: tensor.path) ?? [])
        }
    }

    /// The elaborated entry, for `train` on request with the gradients as outputs.
    private func entry(_ role: Role, withGradients: Bool) throws(ModelError) -> Entry {
        guard let graph = try module(at: .elaborated)[role] else {
            throw .missingEntry(model: compiled.name, role)
        }
        guard withGradients else { return Entry(role: role, graph: graph) }
        guard role == .train else { throw .gradients(of: role) }
        do { return Entry(role: role, graph: try graph.withGradientOutputs()) } catch { throw .evaluation(error) }
    }

    private func compiled(_ entry: Entry, upTo stage: Stage) throws(ModelError) -> Entry {
        do {
            let module = Module(name: compiled.name, entries: [entry])
            return try Pipeline.continue(module, after: .elaborated, upTo: stage).entries[0]
        } catch {
            throw ModelError(error, in: SourceText("", name: compiled.name))
        }
    }

    private func check(inputs: [String], scalars: [String], of entry: Entry) throws(ModelError) {
        let known = entry.graph.nodes.filter { $0.content == .input }.map(\.name)
        if let unknown = inputs.first(where: { !known.contains($0) }) {
            throw .unknownInput(entry.role, unknown, known: known)
        }
        // Differentiation brings the scalars of the optimizer.
        let knownScalars =
            entry.graph.nodes.filter { $0.content == .scalar }.map(\.name)
            + (entry.role == .train ? TrainingScalars.all : [])
        if let unknown = scalars.first(where: { !knownScalars.contains($0) }) {
            throw .unknownScalar(entry.role, unknown, known: knownScalars)
        }
    }

    private func run(
        _ entry: Entry, inputs: [String: Tensor<Float>], scalars: [String: Float], threadCount: Int, bandRows: Int?,
        _ algorithm: ConvolutionAlgorithm, byteLimit: Int, _ observer: RunObserver
    ) throws(ModelError) -> Results {
        let sizes = try sizes(of: entry.graph, from: inputs)
        let program: Program
        do {
            let options = PlanOptions(.best, algorithm: algorithm, memory: .bands(rows: bandRows))
            program = try Pipeline.plan(entry, sizes: sizes, options).program
        } catch { throw .program(error) }
        // Outputs are held as what they are and as floats.
        let outputByteCount = program.graph.outputs.reduce(0) { sum, output in
            sum + 8 * (program.graph[output.value].type.shape.constant ?? []).reduce(1, *)
        }
        let byteCount = program.arenaByteCount + program.preparedByteCount + outputByteCount
        guard byteCount <= byteLimit else { throw .tooMuchMemory(byteCount: byteCount, limit: byteLimit) }
        let sources = try sources(of: program.graph, from: inputs)
        let sinks = try program.graph.outputs.map { output throws(ModelError) in
            (output.name, try WholeOutput(program.graph[output.value].type, name: output.name))
        }
        do {
            let session = try Session(program, parameters: parameters, threadCount: threadCount)
            var results = Results()
            results.measures = try session.run(
                inputs: sources, scalars: scalars,
                outputs: Dictionary(uniqueKeysWithValues: sinks.map { ($0, $1.sink) }), observer: observer)
            for (name, output) in sinks { results.outputs[name] = output.tensor }
            for update in program.graph.updates {
                guard let path = program.graph[update.target].path,
                    let shape = program.graph[update.target].type.shape.constant
                else { continue }
                results.updates[path] = Tensor(shape: shape, values: parameters.values(of: path) ?? [])
            }
            return results
        } catch { throw error == .cancelled ? .cancelled : .runtime(error) }
    }

    private func sizes(of graph: Graph, from inputs: [String: Tensor<Float>]) throws(ModelError) -> [String: Int] {
        do {
            return try graph.sizes(fromInputShapes: inputs.mapValues(\.shape))
        } catch { throw .evaluation(error) }
    }

    private func sources(
        of graph: Graph, from inputs: [String: Tensor<Float>]
    ) throws(ModelError) -> [String: any RowSource] {
        var sources: [String: any RowSource] = [:]
        for node in graph.nodes where node.content == .input {
            guard let values = inputs[node.name]?.values else { continue }
            switch node.type.element {
            case .f32:
                sources[node.name] = TensorSource(values)
            case .u8:
                let bytes = values.compactMap { UInt8(exactly: $0) }
                guard bytes.count == values.count else {
                    throw .notBytes(input: node.name)
                }
                sources[node.name] = TensorSource(bytes)
            }
        }
        return sources
    }
}

/// An output as a whole tensor, whatever its elements.
private enum WholeOutput {
    case floats(TensorSink<Float>, shape: [Int])
    case bytes(TensorSink<UInt8>, shape: [Int])

    init(_ type: TensorType, name: String) throws(ModelError) {
        guard let shape = type.shape.constant else { throw .unboundOutput(name) }
        let count = shape.reduce(1, *)
        switch type.element {
        case .f32: self = .floats(TensorSink(count: count, repeating: 0), shape: shape)
        case .u8: self = .bytes(TensorSink(count: count, repeating: 0), shape: shape)
        }
    }

    var sink: any RowSink {
        switch self {
        case .floats(let sink, _): sink
        case .bytes(let sink, _): sink
        }
    }

    var tensor: Tensor<Float> {
        switch self {
        case .floats(let sink, let shape): Tensor(shape: shape, values: sink.values)
        case .bytes(let sink, let shape): Tensor(shape: shape, values: sink.values.map(Float.init))
        }
    }
}
