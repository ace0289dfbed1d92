import GraphCompiler
import GraphIR
import GraphLanguage
import GraphModel
import GraphRuntime

/// A model's text, a pack, or a dump of any stage: a place from which compilation goes on.
struct StagedFile {
    private enum Content {
        /// As people write it, or a dump up to `fused`.
        case text(SourceText)
        case model(Model)
        /// A dump of stage `scheduled` or `planned`.
        case program(Program)
    }

    private let path: String
    private let values: [String: CompileTimeValue]
    private let content: Content
    /// nil for a text as people write it.
    private let stage: Stage?

    /// - Parameter values: compile-time parameters, for a text as people write it.
    init(_ path: String, values: [String: CompileTimeValue]) throws(ModelError) {
        self.path = path
        self.values = values
        if path.hasSuffix(".gpack") {
            content = .model(try Model(contentsOf: path, values: values))
            stage = .elaborated
            return
        }
        let source = try SourceText(contentsOf: path)
        stage = source.stage
        content = stage?.needsSizes == true ? .program(try source.program()) : .text(source)
    }

    /// Compiles as far as the file allows; says in one line what it holds.
    func checked() throws(ModelError) -> String {
        switch content {
        case .program(let program):
            return "\(program.role.rawValue) \(stage?.rawValue ?? ""): \(readable(count: program.steps.count, "step")), "
                + readable(count: program.instructions.count, "instruction")
        case .text, .model:
            return try module(at: .fused).summary
        }
    }

    /// The text as it was read, in canonical form.
    func syntax() throws(ModelError) -> SourceFile {
        guard stage == nil, case .text(let source) = content else { throw noWayBack(to: .parsed) }
        return try source.parsed()
    }

    /// - Requires: `stage` needs no sizes.
    func module(at stage: Stage) throws(ModelError) -> Module {
        if let own = self.stage, own > stage { throw noWayBack(to: stage) }
        switch content {
        case .text(let source): return try source.compiled(values, upTo: stage)
        case .model(let model): return try model.module(at: stage)
        case .program: throw noWayBack(to: stage)
        }
    }

    /// The program of one entry at stage `scheduled` or `planned`.
    ///
    /// - Parameter role: nil for `predict`, or for the only entry that the file has.
    func program(
        at stage: Stage, role: Role?, sizes: [String: Int], instructionSet: InstructionSet?, bandRows: Int?
    ) throws(ModelError) -> Program {
        if case .program(let program) = content {
            guard let own = self.stage, own <= stage else { throw noWayBack(to: stage) }
            guard role ?? program.role == program.role, sizes.isEmpty, bandRows == nil, instructionSet == nil else {
                throw ModelError("\(path): entry, sizes, bands and instruction set of a '\(own.rawValue)' dump are bound")
            }
            return own == stage ? program : try legal { () throws(ProgramError) in try Pipeline.plan(program) }
        }
        let module = try module(at: .fused)
        let entry = try entry(role, of: module)
        try check(sizes, of: entry.graph, for: stage)
        let set = instructionSet ?? .best
        return try legal { () throws(ProgramError) in
            stage == .scheduled
                ? try Pipeline.scheduled(entry, sizes: sizes, instructionSet: set, bandRows: bandRows)
                : try Pipeline.specialize(entry, sizes: sizes, instructionSet: set, bandRows: bandRows)
        }
    }

    private func check(_ sizes: [String: Int], of graph: Graph, for stage: Stage) throws(ModelError) {
        let examples = graph.exampleSizes
        let symbols = examples.map(\.symbol)
        let missing = symbols.filter { sizes[$0] == nil }
        guard missing.isEmpty else {
            let example = examples.map { "\($0.symbol)=\(sizes[$0.symbol] ?? $0.size)" }.joined(separator: ",")
            throw ModelError(
                "stage '\(stage.rawValue)' needs the size of \(missing.joined(separator: ", ")); give all sizes, as "
                    + "--shape \(example)")
        }
        if let unknown = sizes.keys.sorted().first(where: { !symbols.contains($0) }) {
            let known = symbols.isEmpty ? "it has none" : "it has \(symbols.joined(separator: ", "))"
            throw ModelError("'\(graph.name)' has no size '\(unknown)'; \(known)")
        }
    }

    private func entry(_ role: Role?, of module: Module) throws(ModelError) -> Entry {
        let wanted = role ?? (module.entries.count == 1 ? module.entries[0].role : .predict)
        guard let entry = module.entries.first(where: { $0.role == wanted }) else {
            throw ModelError("\(path): there is no entry '\(wanted.rawValue)'")
        }
        return entry
    }

    private func noWayBack(to stage: Stage) -> ModelError {
        let own = self.stage?.rawValue ?? "source"
        let kind = if case .model = content { "a pack, which begins at stage" } else { "a dump of stage" }
        return ModelError("\(path): \(kind) '\(own)', and no way leads back to '\(stage.rawValue)'")
    }

    private func legal<Value>(_ body: () throws(ProgramError) -> Value) throws(ModelError) -> Value {
        do { return try body() } catch { throw ModelError("\(path): \(error)") }
    }
}
