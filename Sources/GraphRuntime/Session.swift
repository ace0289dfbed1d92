import GraphCompiler
import GraphIR
import KernelInterface

/// A program bound to memory, weights and threads, ready to run many times.
///
///     let program = try Pipeline.specialize(entry, sizes: ["N": 1, "H": 48, "W": 48], instructionSet: .best)
///     let session = try Session(program, parameters: store, threadCount: 2)
///     let measures = try session.run(inputs: ["lr": TensorSource(pixels)], outputs: ["image": sink])
///
/// After start-up a run allocates nothing, but for steps by plain evaluation and for what sources and
/// sinks do. A session runs one run at a time, from one thread at a time.
public final class Session {
    public let program: Program
    public let parameters: ParameterStore

    private let memory: BoundMemory
    private let preparation: TaskList
    private let tasks: TaskList
    private let workers: WorkerPool
    private var preparedGeneration: Int?

    /// - Parameter threadCount: workers, the caller's thread included; results do not depend on it.
    /// - Throws: when the program does not fit the parameters, or memory runs out.
    public init(_ program: Program, parameters: ParameterStore, threadCount: Int) throws(RuntimeError) {
        self.program = program
        self.parameters = parameters
        memory = try BoundMemory(program, parameters, workerCount: threadCount)
        preparation = try TaskList(program, program.preparation, memory)
        tasks = try TaskList(program, program.instructions, memory)
        workers = try WorkerPool(workerCount: threadCount)
    }

    /// Runs the program once.
    ///
    /// - Parameters:
    ///   - inputs: a source for each input, by name.
    ///   - scalars: a number for each scalar, by name.
    ///   - outputs: sinks by name; outputs without a sink are computed and dropped.
    /// - Returns: losses and metrics by name.
    /// - Throws: a ``RuntimeError``, or what a source or sink threw.
    @discardableResult
    public func run(
        inputs: [String: any RowSource], scalars: [String: Float] = [:], outputs: [String: any RowSink] = [:]
    ) throws -> [String: Float] {
        try bind(inputs, scalars, outputs)
        try prepare()
        try workers.run(tasks, memory)
        if !program.graph.updates.isEmpty {
            memory.commitUpdates()
            parameters.noteChange()
        }
        return measures()
    }

    /// Computes what depends on weights alone, unless it is there already.
    private func prepare() throws {
        guard preparedGeneration != parameters.generation else { return }
        if program.preparation.isEmpty == false { try workers.run(preparation, memory) }
        preparedGeneration = parameters.generation
    }

    private func bind(
        _ inputs: [String: any RowSource], _ scalars: [String: Float], _ outputs: [String: any RowSink]
    ) throws(RuntimeError) {
        for node in program.graph.nodes {
            switch node.content {
            case .input:
                guard let source = inputs[node.name] else { throw RuntimeError("input '\(node.name)' is not given") }
                memory.sources[node.name] = source
            case .scalar:
                guard let number = scalars[node.name] else { throw RuntimeError("scalar '\(node.name)' is not given") }
                memory.setScalar(node.name, number)
            default: continue
            }
        }
        memory.sinks = outputs
        if let unknown = outputs.keys.first(where: { name in !program.graph.outputs.contains { $0.name == name } }) {
            throw RuntimeError("the entry has no output '\(unknown)'")
        }
    }

    private func measures() -> [String: Float] {
        var measures: [String: Float] = [:]
        for measure in program.graph.measures { measures[measure.name] = memory.scalar(measure.value) }
        return measures
    }
}
