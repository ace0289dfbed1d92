import GraphIR
import GraphLanguage

/// The compiler: from text to a program, top to bottom.
///
///     .graph text ─ parse ─ elaborate ─ differentiate ─ simplify ─ fuse ─▶ Module, kept in packs
///     Module + sizes ─ bind ─ join groups ─ choose kernels ─ schedule ─ plan memory ─▶ Program, run at once
///
/// Every stage but the first is verified, prints as text, and can be read again and continued from.
public enum Pipeline {
    /// Compiles text as far as sizes need not be known.
    ///
    /// - Parameter parameters: values for the graph's compile-time parameters, from `-D name=value`.
    public static func compile(
        _ source: String, parameters: [String: CompileTimeValue] = [:]
    ) throws(CompileError) -> Module {
        try run(source, parameters: parameters, upTo: .fused)
    }

    /// Names this compiler in packs: entries that another version compiled are compiled again.
    public static let version = "2"

    /// The module at a stage from `elaborated` to `fused`. Text that begins with its stage continues
    /// from there.
    public static func run(
        _ source: String, parameters: [String: CompileTimeValue] = [:], upTo last: Stage
    ) throws(CompileError) -> Module {
        try run(checked { () throws(Diagnostics) in try Parser.parse(source) }, parameters: parameters, upTo: last)
    }

    /// The module of a syntax tree; one that begins with its stage may hold some of the entries only.
    public static func run(
        _ syntax: SourceFile, parameters: [String: CompileTimeValue] = [:], upTo last: Stage
    ) throws(CompileError) -> Module {
        let first = try stage(of: syntax)
        let module = try checked { () throws(Diagnostics) in try elaborate(syntax, parameters: parameters) }
        try verify(module)
        return try `continue`(module, after: first, upTo: last)
    }

    /// Takes a module from one stage to a later one.
    public static func `continue`(
        _ module: Module, after first: Stage, upTo last: Stage
    ) throws(CompileError) -> Module {
        var module = module
        for pass in passes where first < pass.stage && pass.stage <= last {
            module.entries = try module.entries.map { entry throws(CompileError) in try pass.run(entry) }
            try verify(module)
        }
        return module
    }

    private static let passes: [(stage: Stage, run: @Sendable (Entry) throws(CompileError) -> Entry)] = [
        (.differentiated, { entry throws(CompileError) in try legal { () throws(NodeError) in try differentiate(entry) } }),
        (.simplified, { entry throws(CompileError) in try legal { () throws(NodeError) in try simplify(entry) } }),
        (.fused, { entry throws(CompileError) in Entry(role: entry.role, graph: fuse(entry.graph)) }),
    ]

    /// Simplification: until nothing changes, since each pass makes room for the others.
    static func simplify(_ entry: Entry) throws(NodeError) -> Entry {
        var graph = entry.graph
        var previous: Graph
        repeat {
            previous = graph
            graph = foldConstants(graph)
            graph = eliminateCommonSubexpressions(graph)
            graph = try foldScales(graph)
            graph = eliminateDeadCode(graph)
        } while graph != previous
        return Entry(role: entry.role, graph: graph)
    }

    /// The program of a fused entry for given sizes: kernels, schedule, memory. Takes milliseconds.
    ///
    /// - Parameters:
    ///   - sizes: a value for each symbol of the entry's inputs, as `["N": 1, "H": 48, "W": 48]`.
    ///   - bandRows: rows of the first input that a wave advances by; nil runs whole images.
    ///   - algorithm: how convolutions are computed.
    public static func specialize(
        _ entry: Entry, sizes: [String: Int], instructionSet: InstructionSet, bandRows: Int? = nil,
        algorithm: ConvolutionAlgorithm = .best
    ) throws(ProgramError) -> Program {
        let steps = try chooseSteps(entry, sizes: sizes, instructionSet: instructionSet, algorithm)
        return try planMemory(schedule(steps, bandRows: bandRows))
    }

    /// The program that is fastest within memory: whole images where they fit, else bands of rows.
    ///
    /// - Parameter arenaLimit: bytes that activations should take at most; passed where even the smallest
    ///   bands take more.
    public static func specialize(
        _ entry: Entry, sizes: [String: Int], instructionSet: InstructionSet, arenaLimit: Int,
        algorithm: ConvolutionAlgorithm = .best
    ) throws(ProgramError) -> BandedProgram {
        try planInBands(
            chooseSteps(entry, sizes: sizes, instructionSet: instructionSet, algorithm), arenaLimit: arenaLimit)
    }

    /// As ``specialize(_:sizes:instructionSet:arenaLimit:algorithm:)``, but never over a limit: where even the smallest
    /// bands take more, the picture is cut into strips of columns, which give the same bytes.
    ///
    /// - Parameters:
    ///   - symbol: the width of the entry's one input.
    ///   - memoryLimit: bytes that ``Program/byteCount(threadCount:)`` of each strip may reach.
    /// - Throws: when the limit is too small for the narrowest strip, too.
    public static func specialize(
        _ entry: Entry, sizes: [String: Int], splitting symbol: String, instructionSet: InstructionSet, memoryLimit: Int,
        threadCount: Int, algorithm: ConvolutionAlgorithm = .best
    ) throws(ProgramError) -> [ColumnStrip] {
        try planInStrips(
            entry, chooseSteps(entry, sizes: sizes, instructionSet: instructionSet, algorithm), sizes: sizes, width: symbol,
            memoryLimit: memoryLimit, threadCount: threadCount)
    }

    /// As ``specialize(_:sizes:instructionSet:bandRows:algorithm:)``, stopping before memory is planned.
    public static func scheduled(
        _ entry: Entry, sizes: [String: Int], instructionSet: InstructionSet, bandRows: Int? = nil
    ) throws(ProgramError) -> Program {
        try schedule(try chooseSteps(entry, sizes: sizes, instructionSet: instructionSet, .best), bandRows: bandRows)
    }

    /// Goes on from a scheduled program to a planned one.
    public static func plan(_ scheduled: Program) throws(ProgramError) -> Program { try planMemory(scheduled) }

    private static func chooseSteps(
        _ entry: Entry, sizes: [String: Int], instructionSet: InstructionSet, _ algorithm: ConvolutionAlgorithm
    ) throws(ProgramError) -> Program {
        let missing = entry.graph.sizeSymbols.filter { sizes[$0] == nil }
        guard missing.isEmpty else {
            throw ProgramError("no value is given for \(missing.count == 1 ? "size" : "sizes") \(missing.joined(separator: ", "))")
        }
        var bound: Graph
        do {
            bound = try entry.graph.bound(to: sizes)
        } catch {
            throw ProgramError("\(error)")
        }
        if algorithm == .best { bound = composeConvolutions(composeGradients(bound)) }
        if algorithm != .direct { bound = joinBiasGradients(bound) }
        return try buildSteps(chooseKernels(bound, algorithm), role: entry.role, instructionSet: instructionSet)
    }

    static func stage(of syntax: SourceFile) throws(CompileError) -> Stage {
        guard let name = syntax.stage else { return .elaborated }
        guard let stage = Stage(rawValue: name.text) else {
            throw .source(
                Diagnostics([
                    Diagnostic(
                        code: "unknown-stage", "there is no stage '\(name.text)'", at: name.location,
                        suggestion: Spelling.nearest(to: name.text, among: Stage.allCases.map(\.rawValue)))
                ]))
        }
        return stage
    }

    private static func verify(_ module: Module) throws(CompileError) {
        for entry in module.entries {
            do { try Verifier.verify(entry.graph) } catch { throw .invariant(entry.role, error) }
        }
    }

    private static func checked<Value>(_ body: () throws(Diagnostics) -> Value) throws(CompileError) -> Value {
        do { return try body() } catch { throw .source(error) }
    }

    private static func legal<Value>(_ body: () throws(NodeError) -> Value) throws(CompileError) -> Value {
        do { return try body() } catch { throw .illegal(error) }
    }
}

/// What a dump shows. Later stages need sizes.
public enum Stage: String, Hashable, Sendable, CaseIterable, Comparable {
    case parsed, elaborated, differentiated, simplified, fused
    case scheduled, planned

    public static func < (left: Stage, right: Stage) -> Bool {
        (allCases.firstIndex(of: left) ?? 0) < (allCases.firstIndex(of: right) ?? 0)
    }

    /// Whether the stage is of one entry with its sizes bound.
    public var needsSizes: Bool { self >= .scheduled }
}

public enum CompileError: Error, Sendable {
    /// Mistakes in the source, with their places.
    case source(Diagnostics)
    /// The model is well formed but cannot be compiled: its loss depends on no weight, say.
    case illegal(NodeError)
    /// A pass, or a hand that edited a dump, broke an invariant.
    case invariant(Role, VerificationError)

    /// For people, with the places in the source.
    public func rendered(file: String, source: String) -> String {
        switch self {
        case .source(let diagnostics):
            return diagnostics.rendered(file: file, source: source)
        case .illegal(let error):
            let diagnostic = Diagnostic(
                code: error.error.code, error.error.message, at: error.origin.location, expected: error.error.expected,
                found: error.error.found, notes: error.origin.chain)
            return Diagnostics([diagnostic]).rendered(file: file, source: source)
        case .invariant(let role, let error):
            let diagnostic = Diagnostic(
                code: "invariant", "entry \(role.rawValue): \(error)", at: error.origin.location, notes: error.origin.chain)
            return Diagnostics([diagnostic]).rendered(file: file, source: source)
        }
    }
}

extension Module {
    /// A file that begins with its stage and holds every entry.
    public func syntax(stage: Stage) -> SourceFile { syntax(stage: stage.rawValue) }
}
