import GraphCompiler
import GraphIR
import GraphKernelInterface

/// A program bound to memory, weights and threads, ready to run many times.
///
///     let program = try Pipeline.plan(entry, sizes: ["N": 1, "H": 48, "W": 48], PlanOptions(.best)).program
///     let session = try Session(program, parameters: store, threadCount: 2)
///     let measures = try session.run(inputs: ["lr": TensorSource(pixels)], outputs: ["image": sink])
///
/// Where the same buffers serve every run, they are bound once, and a run allocates nothing but for steps
/// by reference implementations and what sources and sinks do:
///
///     try session.bind(inputs: ["lr": source, "hr": truth])
///     for step in 1...1000 {
///         try session.setScalar("step", Float(step))
///         try session.run()
///         let loss = session.measure("mae")
///     }
///
/// A session runs one run at a time, from one thread at a time; several sessions over one ``ParameterStore`` run at once,
/// as long as none of them updates it. What their programs prepare from weights alone, such as transformed filters, is in
/// memory once for all that prepare the same, whatever the sizes of their pictures, and computed once when weights have
/// changed. After a run that threw a session can run again; if that was a training step, weights and states may hold part of
/// its updates.
public final class Session {
    /// Without its instructions, which have become tasks.
    public let program: Program
    /// Weights and states that the program reads where they lie.
    public let parameters: ParameterStore

    private let memory: BoundMemory
    private let preparation: TaskList
    let tasks: TaskList
    private let workspace: Workspace
    private let updatesParameters: Bool
    /// Buffers by the names of inputs and scalars; places of ``measured`` by those of measures.
    private let inputs: [String: Int]
    private let scalars: [String: Int]
    private let measures: [String: Int]
    /// Where the number of each measure lies during a run; nil for constants.
    private let measureBuffers: [Int?]
    /// What each measure was in the last run. A weight that is measured has another value once it is updated.
    private var measured: [Float]

    /// - Parameter threadCount: workers, the caller's thread included; results do not depend on it.
    /// - Throws: when the program does not fit the parameters, or memory runs out.
    public convenience init(_ program: Program, parameters: ParameterStore, threadCount: Int) throws(RuntimeError) {
        try self.init(program, parameters: parameters, in: Workspace(threadCount: threadCount, spareByteCount: 0))
    }

    /// A session that takes over what those before it have left in a workspace.
    ///
    /// - Throws: when the program does not fit the parameters, or memory runs out.
    package init(_ program: Program, parameters: ParameterStore, in workspace: Workspace) throws(RuntimeError) {
        var kept = program
        kept.instructions = []
        kept.preparation = []
        self.program = kept
        self.parameters = parameters
        self.workspace = workspace
        memory = try BoundMemory(program, parameters, in: workspace)
        preparation = try TaskList(program, program.preparation, memory)
        tasks = try TaskList(program, program.instructions, memory)
        updatesParameters = !program.graph.updates.isEmpty
        var bufferOf: [ValueID: Int] = [:]
        for (index, buffer) in program.buffers.enumerated() {
            if let value = buffer.value { bufferOf[value] = index }
        }
        var inputs: [String: Int] = [:]
        var scalars: [String: Int] = [:]
        for id in program.graph.ids {
            switch program.graph[id].content {
            case .input: inputs[program.graph[id].name] = bufferOf[id]
            case .scalar: scalars[program.graph[id].name] = bufferOf[id]
            case .weight, .state, .constant, .operation: continue
            }
        }
        self.inputs = inputs
        self.scalars = scalars
        let values = program.graph.measures.map(\.value)
        measures = Dictionary(uniqueKeysWithValues: program.graph.measures.enumerated().map { ($1.name, $0) })
        measureBuffers = values.map { bufferOf[$0] }
        measured = values.map { value in
            if case .constant(let number) = program.graph[value].content { Float(number) } else { 0 }
        }
    }

    /// Binds, runs once, reads the measures, and lets sources and sinks go.
    ///
    /// - Parameters:
    ///   - inputs: a source for each input, by name.
    ///   - scalars: a number for each scalar, by name.
    ///   - outputs: sinks by name; outputs without a sink are computed and dropped.
    ///   - observer: told and asked while the run lasts.
    /// - Returns: losses and metrics by name.
    /// - Throws: when a name is missing or unknown, the run is cancelled, or a source or sink throws.
    @discardableResult
    public func run(
        inputs: [String: any RowSource], scalars: [String: Float] = [:], outputs: [String: any RowSink] = [:],
        observer: RunObserver = RunObserver()
    ) throws(RuntimeError) -> [String: Float] {
        defer { memory.unbind() }
        try bind(inputs: inputs, outputs: outputs)
        if let missing = self.scalars.keys.sorted().first(where: { scalars[$0] == nil }) { throw .missingScalar(missing) }
        for (name, number) in scalars { try setScalar(name, number) }
        try run(observer: observer)
        return measures.mapValues { measured[$0] }
    }

    /// Sets where inputs come from and outputs go to in the runs that follow.
    ///
    /// - Parameters:
    ///   - inputs: a source for each input, by name.
    ///   - outputs: sinks by name; outputs without a sink are computed and dropped.
    /// - Throws: when an input is missing, or a name is none of the entry's; what was bound before stays.
    public func bind(
        inputs: [String: any RowSource], outputs: [String: any RowSink] = [:]
    ) throws(RuntimeError) {
        let (inputNames, outputNames) = (self.inputs.keys.sorted(), program.graph.outputs.map(\.name))
        if let missing = inputNames.first(where: { inputs[$0] == nil }) { throw .missingInput(missing) }
        if let unknown = inputs.keys.sorted().first(where: { !inputNames.contains($0) }) {
            throw .unknownInput(unknown, known: inputNames)
        }
        if let unknown = outputs.keys.sorted().first(where: { !outputNames.contains($0) }) {
            throw .unknownOutput(unknown, known: outputNames)
        }
        for (name, buffer) in self.inputs { memory.sources[buffer] = inputs[name] }
        for (index, name) in outputNames.enumerated() { memory.sinks[index] = outputs[name] }
    }

    /// Sets a number for the runs that follow; 0 before.
    public func setScalar(_ name: String, _ number: Float) throws(RuntimeError) {
        guard let buffer = scalars[name] else { throw .unknownScalar(name, known: scalars.keys.sorted()) }
        memory.rows[buffer].base.storeBytes(of: number, as: Float.self)
    }

    /// Runs the program once with what is bound.
    ///
    /// - Parameter observer: told and asked while the run lasts.
    /// - Throws: when an input is not bound, the run is cancelled, or a source or sink throws.
    public func run(observer: RunObserver = RunObserver()) throws(RuntimeError) {
        for (name, buffer) in inputs where memory.sources[buffer] == nil { throw .unboundInput(name) }
        try prepare(observer: RunObserver(isCancelled: observer.isCancelled))
        defer { if updatesParameters { parameters.noteChange() } }
        try workspace.workers.run(tasks, memory, observer)
        for (measure, buffer) in measureBuffers.enumerated() {
            if let buffer { measured[measure] = memory.rows[buffer].base.load(as: Float.self) }
        }
        memory.commitUpdates()
    }

    /// Has the caller's thread take part in the runs of other threads, until told that there are no more.
    ///
    /// - Parameters:
    ///   - guest: its number among the guests that the session's workspace has room for; no two at a time have the same.
    ///   - isOver: asked between runs.
    package func assist(asGuest guest: Int, isOver: () -> Bool) {
        precondition(guest >= 0 && guest < workspace.guestCount, "the workspace has room for the guest")
        workspace.workers.assist(asGuest: guest, isOver: isOver)
    }

    /// A loss or metric of the last run; nil when the entry has none of that name.
    public func measure(_ name: String) -> Float? { measures[name].map { measured[$0] } }

    /// Computes what depends on weights alone, unless it is there already; a run does it, too.
    ///
    /// - Throws: ``RuntimeError/cancelled``.
    package func prepare(observer: RunObserver = RunObserver()) throws(RuntimeError) {
        guard preparation.count > 0 else { return }
        try memory.prepared.prepare(for: parameters.generation) { () throws(RuntimeError) in
            try workspace.workers.run(preparation, memory, observer)
        }
    }
}
