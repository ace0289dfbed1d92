import GraphIR

/// One pass of the compiler: its name, what it ensures, and the function that does it.
public struct Pass: Sendable {
    /// The function's name.
    public let name: String
    /// What holds once the pass has run, in one line.
    public let contract: String
    /// What is complete once this pass and those before it have run.
    public internal(set) var stage = Stage.elaborated
    private let algorithms: Set<ConvolutionAlgorithm>
    var run: @Sendable (EntryForm, PassContext) throws(PassError) -> EntryForm
    /// Whether the contract holds; throws what breaks it where that can be said.
    private let holds: @Sendable (EntryForm) throws(ProgramError) -> Bool

    /// A pass from a graph to a graph.
    ///
    /// - Parameters:
    ///   - algorithms: the ways to compute convolutions under which it runs.
    ///   - ensured: whether the contract holds, where that is found quickly. The ``Verifier`` passes besides.
    init(
        _ name: String, _ contract: String, under algorithms: Set<ConvolutionAlgorithm> = .all,
        _ run: @escaping @Sendable (Graph, PassContext) throws(NodeError) -> Graph,
        ensures ensured: @escaping @Sendable (Graph) -> Bool = { _ in true }
    ) {
        self.name = name
        self.contract = contract
        self.algorithms = algorithms
        self.run = { form, context throws(PassError) in
            do throws(NodeError) { return .graph(try run(form.graph, context)) } catch { throw .illegal(error) }
        }
        holds = { ensured($0.graph) }
    }

    /// A pass that changes a graph by itself.
    init(
        _ name: String, _ contract: String, under algorithms: Set<ConvolutionAlgorithm> = .all,
        _ run: @escaping @Sendable (Graph) throws(NodeError) -> Graph,
        ensures ensured: @escaping @Sendable (Graph) -> Bool = { _ in true }
    ) {
        self.init(
            name, contract, under: algorithms, { graph, _ throws(NodeError) in try run(graph) }, ensures: ensured)
    }

    /// A pass that changes a graph by itself, or refuses the entry.
    init(
        _ name: String, _ contract: String, refusing run: @escaping @Sendable (Graph) throws(ProgramError) -> Graph,
        ensures ensured: @escaping @Sendable (Graph) -> Bool
    ) {
        self.name = name
        self.contract = contract
        algorithms = .all
        self.run = { form, _ throws(PassError) in
            do throws(ProgramError) { return .graph(try run(form.graph)) } catch { throw .refused(error) }
        }
        holds = { ensured($0.graph) }
    }

    /// The pass that makes a program of a graph.
    ///
    /// - Parameter prove: throws what breaks the contract.
    init(
        _ name: String, _ contract: String,
        _ run: @escaping @Sendable (Graph, PassContext) throws(ProgramError) -> Program,
        proof prove: @escaping @Sendable (Program) throws(ProgramError) -> Void
    ) {
        self.init(name, contract, runForm: { form, context throws(ProgramError) in try run(form.graph, context) }, prove)
    }

    /// A pass from a program to a program.
    ///
    /// - Parameter prove: throws what breaks the contract.
    init(
        _ name: String, _ contract: String,
        _ run: @escaping @Sendable (Program, PassContext) throws(ProgramError) -> Program,
        proof prove: @escaping @Sendable (Program) throws(ProgramError) -> Void
    ) {
        self.init(name, contract, runForm: { form, context throws(ProgramError) in try run(form.program, context) }, prove)
    }

    /// A pass that changes a program by itself.
    ///
    /// - Parameter prove: throws what breaks the contract.
    init(
        _ name: String, _ contract: String, _ run: @escaping @Sendable (Program) throws(ProgramError) -> Program,
        proof prove: @escaping @Sendable (Program) throws(ProgramError) -> Void
    ) {
        self.init(name, contract, { program, _ throws(ProgramError) in try run(program) }, proof: prove)
    }

    private init(
        _ name: String, _ contract: String,
        runForm run: @escaping @Sendable (EntryForm, PassContext) throws(ProgramError) -> Program,
        _ prove: @escaping @Sendable (Program) throws(ProgramError) -> Void
    ) {
        self.name = name
        self.contract = contract
        algorithms = .all
        self.run = { form, context throws(PassError) in
            do throws(ProgramError) { return .program(try run(form, context)) } catch { throw .refused(error) }
        }
        holds = { form throws(ProgramError) in
            try prove(form.program)
            return true
        }
    }

    /// The pass of this name; nil when there is none.
    public init?(named name: String) {
        guard let pass = passTable.lazy.flatMap(\.passes).first(where: { $0.name == name }) else { return nil }
        self = pass
    }

    /// The last stage that is complete behind this pass.
    public var completedStage: Stage {
        let isLast = passTable.contains { $0.passes.last?.name == name }
        return isLast ? stage : stage.previous ?? .parsed
    }

    func callAsFunction(_ form: EntryForm, _ context: PassContext) throws(PassError) -> EntryForm {
        algorithms.contains(context.algorithm) ? try run(form, context) : form
    }

    /// Proves that the pass has kept its contract, and the graph the invariants of all graphs.
    func verify(_ form: EntryForm) throws(PassError) {
        if case .graph(let graph) = form {
            do { try Verifier.verify(graph) } catch { throw .broken(BrokenPass(name, .graph(error))) }
        }
        let isKept: Bool
        do throws(ProgramError) { isKept = try holds(form) } catch { throw .broken(BrokenPass(name, .program(error))) }
        guard isKept else { throw .broken(BrokenPass(name, .contract(contract))) }
    }
}

/// What passes know beside what they change.
struct PassContext: Sendable {
    var role: Role
    /// Of a `train` entry.
    var optimizer = Optimizer.adam
    /// Of a `train` entry.
    var frozen = FrozenWeights()
    /// Known from stage `lowered` on, as all that follows.
    var sizes: [String: Int] = [:]
    var instructionSet = InstructionSet.portable
    var algorithm = ConvolutionAlgorithm.best
    /// Rows of the first input in one band; nil for whole images.
    var bandRows: Int?
}

/// Why passes did not reach their end.
enum PassError: Error {
    /// The model is well formed but cannot be compiled.
    case illegal(NodeError)
    /// The entry cannot become a program for these sizes.
    case refused(ProgramError)
    case broken(BrokenPass)
}

extension Set<ConvolutionAlgorithm> {
    static var all: Set { Set(ConvolutionAlgorithm.allCases) }
}
