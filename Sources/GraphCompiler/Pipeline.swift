import GraphIR
import GraphLanguage

/// The compiler, from text to a program. What it does on the way is ``passTable``, from top to bottom.
///
///     .graph text ─ parse ─ elaborate ─ differentiated ─ simplified ─ fused ─▶ Module, kept in packs
///     Entry + sizes + PlanOptions ─ lowered ─ scheduled ─ planned ─▶ Plan, run at once
///
/// Every stage prints as text that is read again and continued from. In debug builds, and so in tests, every pass is
/// verified. Release builds verify graphs and steps at the ends of their stages, and leave schedules and plans to the
/// others: to verify these takes as long as to make them. (`Pipeline.plan` of EDSR x4 for 510×339 pixels, memory
/// `.automatic`, AVX-512, best of 9: 76 ms where all is verified, 43 where it is not, of 750 that the picture takes.)
public enum Pipeline {
    /// Names this compiler in packs: entries that another version compiled are compiled again.
    public static let version = "3"

    // MARK: Whatever the sizes

    /// The module at a stage from `elaborated` to `fused`. Text that begins with its stage continues
    /// from there.
    ///
    /// - Parameter parameters: values for the graph's compile-time parameters.
    public static func run(
        _ source: String, parameters: [String: CompileTimeValue] = [:], upTo last: Stage
    ) throws(CompileError) -> Module {
        try run(parse(source, parameters: parameters), parameters: parameters, upTo: last)
    }

    /// The syntax tree of a text.
    ///
    /// - Throws: where there are mistakes in it, all that can be found: those in how it is written, and those in what the
    ///   rest means for the parameters.
    public static func parse(
        _ source: String, parameters: [String: CompileTimeValue] = [:]
    ) throws(CompileError) -> SourceFile {
        let reading = Parser.read(bytes: Array(source.utf8))
        guard reading.mistakes.isEmpty, let file = reading.file else {
            throw .source(mistakes(in: reading, parameters: parameters))
        }
        return file
    }

    /// The module of a syntax tree; one that begins with its stage may hold some of the entries only.
    public static func run(
        _ syntax: SourceFile, parameters: [String: CompileTimeValue] = [:], upTo last: Stage
    ) throws(CompileError) -> Module {
        let first = try stage(of: syntax)
        let module = try checked { () throws(Diagnostics) in try elaborate(syntax, parameters: parameters) }
        for entry in module.entries {
            do { try Verifier.verify(entry.graph) } catch { throw .invariant(entry.role, error) }
        }
        return try `continue`(module, after: first, upTo: last)
    }

    /// Takes a module from one stage to a later one.
    ///
    /// - Parameters:
    ///   - optimizer: what changes the weights in a `train` entry that is differentiated.
    ///   - frozen: the weights that it leaves as they are.
    ///   - pass: a pass of the later stage, where not all of its passes shall run.
    public static func `continue`(
        _ module: Module, after first: Stage, upTo last: Stage, optimizer: Optimizer = .adam,
        frozen: FrozenWeights = FrozenWeights(), stoppingAfter pass: Pass? = nil
    ) throws(CompileError) -> Module {
        precondition(last <= .fused, "later stages need sizes")
        var module = module
        var known: [(before: Graph, after: Graph)] = []
        module.entries = try module.entries.map { entry throws(CompileError) in
            // Where a model declares no 'predict', that is its 'forward'.
            if entry.role != .train, let (_, graph) = known.first(where: { $0.before == entry.graph }) {
                return Entry(role: entry.role, graph: graph)
            }
            do throws(PassError) {
                let context = PassContext(role: entry.role, optimizer: optimizer, frozen: frozen)
                let form = try perform(passTable, on: .graph(entry.graph), context, after: first, upTo: last, stoppingAfter: pass)
                if entry.role != .train { known.append((entry.graph, form.graph)) }
                return Entry(role: entry.role, graph: form.graph)
            } catch {
                throw CompileError(error, of: entry.role)
            }
        }
        return module
    }

    // MARK: For given sizes

    /// Plans a fused entry for given sizes: kernels, schedule, memory. Takes milliseconds.
    ///
    /// - Parameter sizes: a value for each symbol of the entry's inputs, as `["N": 1, "H": 48, "W": 48]`.
    /// - Throws: when an op rejects the sizes, the plan would pass ``PlanLimits``, or memory is too small for any.
    public static func plan(_ entry: Entry, sizes: [String: Int], _ options: PlanOptions) throws(ProgramError) -> Plan {
        let steps = try run(
            entry, sizes: sizes, options.instructionSet, algorithm: options.algorithm, upTo: .lowered
        ).program
        return try plan(steps, entry, sizes: sizes, options.memory)
    }

    /// Plans the steps of an entry.
    static func plan(
        _ steps: Program, _ entry: Entry, sizes: [String: Int], _ memory: PlanOptions.Memory
    ) throws(ProgramError) -> Plan {
        switch memory {
        case .bands(let rows):
            return Plan(try planned(scheduled(steps, bandRows: rows)), bandRows: rows)
        case .arena(let byteCount):
            let (program, bandRows) = try planInBands(steps, arenaLimit: byteCount)
            return Plan(program, bandRows: bandRows)
        case .all(let byteCount, let threadCount):
            return Plan(
                strips: try planInStrips(entry, steps, sizes: sizes, memoryLimit: byteCount, threadCount: threadCount))
        }
    }

    /// Bytes that ``PlanOptions/Memory/all(byteCount:threadCount:)`` may be for a plan of these sizes to be found; somewhat
    /// fewer may do.
    ///
    /// - Throws: when an op rejects the sizes.
    public static func sufficientByteCount(
        _ entry: Entry, sizes: [String: Int], _ instructionSet: InstructionSet, algorithm: ConvolutionAlgorithm = .best,
        threadCount: Int
    ) throws(ProgramError) -> Int {
        let steps = try run(entry, sizes: sizes, instructionSet, algorithm: algorithm, upTo: .lowered).program
        return try GraphCompiler.sufficientByteCount(entry, steps, sizes: sizes, threadCount: threadCount)
    }

    /// A fused entry at a stage from `lowered` on.
    ///
    /// - Parameters:
    ///   - bandRows: rows of the first input in one band; nil for whole images.
    ///   - pass: a pass of that stage, where not all of its passes shall run.
    public static func run(
        _ entry: Entry, sizes: [String: Int], _ instructionSet: InstructionSet, algorithm: ConvolutionAlgorithm = .best,
        bandRows: Int? = nil, upTo last: Stage, stoppingAfter pass: Pass? = nil
    ) throws(ProgramError) -> EntryForm {
        let context = PassContext(
            role: entry.role, sizes: sizes, instructionSet: instructionSet, algorithm: algorithm, bandRows: bandRows)
        return try refusing { () throws(PassError) in
            try perform(passTable, on: .graph(entry.graph), context, after: .fused, upTo: last, stoppingAfter: pass)
        }
    }

    /// Takes a program from one stage to a later one.
    public static func `continue`(
        _ program: Program, bandRows: Int? = nil, after first: Stage, upTo last: Stage, stoppingAfter pass: Pass? = nil
    ) throws(ProgramError) -> Program {
        let context = PassContext(role: program.role, instructionSet: program.instructionSet, bandRows: bandRows)
        return try refusing { () throws(PassError) in
            try perform(passTable, on: .program(program), context, after: first, upTo: last, stoppingAfter: pass)
        }.program
    }

    static func scheduled(_ steps: Program, bandRows: Int?) throws(ProgramError) -> Program {
        try `continue`(steps, bandRows: bandRows, after: .lowered, upTo: .scheduled)
    }

    static func planned(_ scheduled: Program) throws(ProgramError) -> Program {
        try `continue`(scheduled, after: .scheduled, upTo: .planned)
    }

    /// nil where the arena takes more than so many bytes, which is known before dependencies are: these take far longer.
    static func planned(_ scheduled: Program, arenaLimit: Int) throws(ProgramError) -> Program? {
        let placed = try `continue`(
            scheduled, after: .scheduled, upTo: .planned, stoppingAfter: Pass(named: "placeBuffers"))
        guard placed.arenaByteCount <= arenaLimit else { return nil }
        let context = PassContext(role: placed.role, instructionSet: placed.instructionSet)
        return try refusing { () throws(PassError) in
            try perform(dependencyPassTable, on: .program(placed), context, after: .scheduled, upTo: .planned)
        }.program
    }

    /// The steps of a strip: those of the whole image, for sizes of its own.
    static func strip(of whole: Program, _ entry: Entry, sizes: [String: Int]) throws(ProgramError) -> Program {
        let context = PassContext(role: whole.role, sizes: sizes, instructionSet: whole.instructionSet)
        return try refusing { () throws(PassError) in
            try perform(stripPassTable(whole), on: .graph(entry.graph), context, after: .fused, upTo: .lowered)
        }.program
    }

    // MARK: The driver

    /// Does what a table of passes says, from behind one stage to the end of another or to one pass.
    static func perform(
        _ table: [StagePasses], on entry: EntryForm, _ context: PassContext, after first: Stage, upTo last: Stage,
        stoppingAfter stop: Pass? = nil
    ) throws(PassError) -> EntryForm {
        var entry = entry
        for stage in table where first < stage.stage && stage.stage <= last {
            var previous: EntryForm?
            var work = CompileWork(entry.graph)
            repeat {
                if stage.areRepeated { try work.spend(stage.passes.count, on: entry.graph) }
                // A value that is kept is copied when the next pass changes it.
                previous = stage.areRepeated ? entry : nil
                for pass in stage.passes {
                    entry = try pass(entry, context)
                    if verifiesEveryPass { try pass.verify(entry) }
                    if pass.name == stop?.name { return entry }
                }
            } while stage.areRepeated && entry != previous
            if !verifiesEveryPass, stage.stage <= .lowered { try stage.passes.last?.verify(entry) }
        }
        return entry
    }

    #if DEBUG
        private static let verifiesEveryPass = true
    #else
        private static let verifiesEveryPass = false
    #endif

    static func stage(of syntax: SourceFile) throws(CompileError) -> Stage {
        guard let name = syntax.stage else { return .elaborated }
        guard let stage = Stage(rawValue: name.text) else {
            throw .source(
                Diagnostics([
                    Diagnostic(
                        code: .unknownStage, "there is no stage '\(name.text)'", at: name.location,
                        suggestion: Spelling.nearest(to: name.text, among: Stage.allCases.map(\.rawValue)))
                ]))
        }
        return stage
    }

    private static func checked<Value>(_ body: () throws(Diagnostics) -> Value) throws(CompileError) -> Value {
        do { return try body() } catch { throw .source(error) }
    }

    private static func refusing<Value>(_ body: () throws(PassError) -> Value) throws(ProgramError) -> Value {
        do { return try body() } catch { throw ProgramError(error) }
    }
}

extension CompileError {
    init(_ error: PassError, of role: Role) {
        switch error {
        case .illegal(let error): self = .illegal(error)
        case .broken(let error): self = .broken(role, error)
        case .refused: preconditionFailure("programs are made behind stage fused")
        }
    }
}

extension ProgramError {
    init(_ error: PassError) {
        switch error {
        case .illegal(let error): self = .illegal(error)
        case .broken(let error): self = .broken(error)
        case .refused(let error): self = error
        }
    }
}
