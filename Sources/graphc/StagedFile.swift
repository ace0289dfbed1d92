import GraphCommandSupport
import GraphBasics
import GraphCompiler
import GraphIR
import GraphLanguage
import GraphModel
import GraphRuntime
import SystemPackage

/// A model's text, a pack, or a dump of any stage: a place from which compilation goes on.
struct StagedFile {
    private enum Content {
        /// As people write it, or a dump up to `fused`.
        case text(SourceText)
        case model(Model)
        /// A dump of stage `lowered`, `scheduled` or `planned`.
        case program(Program)
    }

    private let path: FilePath
    private let values: [String: CompileTimeValue]
    private let content: Content
    /// nil for a text as people write it.
    private let stage: Stage?

    /// - Parameter values: compile-time parameters, for a text as people write it.
    init(_ path: FilePath, values: [String: CompileTimeValue]) throws {
        self.path = path
        self.values = values
        if path.extension == "gpack" {
            content = .model(try Model(contentsOf: path, values: values))
            stage = .elaborated
            return
        }
        let source = try SourceText(contentsOf: path)
        stage = source.stage
        content = stage?.needsSizes == true ? .program(try source.program()) : .text(source)
    }

    /// Compiles as far as the file allows; says in one line what it holds.
    func checked() throws -> String {
        switch content {
        case .program(let program):
            let steps = readable(count: program.steps.count, "step")
            let counts = stage == .lowered ? steps : "\(steps), \(readable(count: program.instructions.count, "instruction"))"
            return "\(program.role.rawValue) \(stage?.rawValue ?? ""): \(counts)"
        case .text, .model:
            return try module(upTo: .fused).summary
        }
    }

    /// The text as it was read, in canonical form.
    func syntax() throws -> SourceFile {
        guard stage == nil, case .text(let source) = content else { throw noWayBack(to: .parsed) }
        return try source.parsed()
    }

    /// The model at a stage that needs no sizes.
    ///
    /// - Parameter pass: a pass of that stage, where not all of its passes shall run.
    func module(upTo stage: Stage, stoppingAfter pass: Pass? = nil) throws -> Module {
        if let pass, let previous = stage.previous {
            let module = try module(upTo: previous)
            do {
                return try Pipeline.continue(module, after: previous, upTo: stage, stoppingAfter: pass)
            } catch {
                throw CommandError("\(path): \(error.rendered(file: path.shown, source: ""))")
            }
        }
        if let own = self.stage, own > stage { throw noWayBack(to: stage) }
        switch content {
        case .text(let source): return try source.compiled(values, upTo: stage)
        case .model(let model): return try model.module(at: stage)
        case .program: throw noWayBack(to: stage)
        }
    }

    /// What a program is made for.
    struct ProgramOptions {
        /// nil for `predict`, or for the only entry that the file has.
        var role: Role?
        var sizes: [String: Int]
        /// nil for the best of this machine.
        var instructionSet: InstructionSet?
        var algorithm: ConvolutionAlgorithm?
        var bandRows: Int?
    }

    /// The text of one entry at a stage from `lowered` on.
    ///
    /// - Parameter pass: a pass of that stage, where not all of its passes shall run.
    func text(upTo stage: Stage, stoppingAfter pass: Pass?, _ options: ProgramOptions) throws -> String {
        let completed = pass?.completedStage ?? stage
        if case .program(let program) = content, let own = self.stage {
            let program = try `continue`(program, from: own, upTo: stage, stoppingAfter: pass, options)
            return programText(program, stage: completed)
        }
        let entry = try entry(options.role, of: module(upTo: .fused))
        try check(options.sizes, of: entry.graph, for: stage)
        let form = try legal { () throws(ProgramError) in
            try Pipeline.run(
                entry, sizes: options.sizes, options.instructionSet ?? .best, algorithm: options.algorithm ?? .best,
                bandRows: options.bandRows, upTo: stage, stoppingAfter: pass)
        }
        return form.text(role: entry.role, stage: completed)
    }

    private func `continue`(
        _ program: Program, from own: Stage, upTo stage: Stage, stoppingAfter pass: Pass?, _ options: ProgramOptions
    ) throws -> Program {
        guard own < stage || (own == stage && pass.map { $0.completedStage == own } ?? true) else { throw noWayBack(to: stage) }
        guard options.role ?? program.role == program.role, options.sizes.isEmpty, options.instructionSet == nil,
            options.algorithm == nil, options.bandRows == nil || own == .lowered
        else {
            let bands = own == .lowered ? "" : ", bands"
            throw CommandError(
                "\(path): entry, sizes\(bands), algorithm and instruction set of a '\(own.rawValue)' dump are bound")
        }
        return try legal { () throws(ProgramError) in
            try Pipeline.continue(program, bandRows: options.bandRows, after: own, upTo: stage, stoppingAfter: pass)
        }
    }

    private func check(_ sizes: [String: Int], of graph: Graph, for stage: Stage) throws {
        let examples = graph.exampleSizes
        let symbols = examples.map(\.symbol)
        let missing = symbols.filter { sizes[$0] == nil }
        guard missing.isEmpty else {
            let example = examples.map { "\($0.symbol)=\(sizes[$0.symbol] ?? $0.size)" }.joined(separator: ",")
            throw CommandError(
                "stage '\(stage.rawValue)' needs the size of \(missing.joined(separator: ", ")); give all sizes, as "
                    + "--shape \(example)")
        }
        if let unknown = sizes.keys.sorted().first(where: { !symbols.contains($0) }) {
            let known = symbols.isEmpty ? "it has none" : "it has \(symbols.joined(separator: ", "))"
            throw CommandError("'\(graph.name)' has no size '\(unknown)'; \(known)")
        }
    }

    private func entry(_ role: Role?, of module: Module) throws -> Entry {
        let wanted = role ?? (module.entries.count == 1 ? module.entries[0].role : .predict)
        guard let entry = module.entries.first(where: { $0.role == wanted }) else {
            throw CommandError("\(path): there is no entry '\(wanted.rawValue)'")
        }
        return entry
    }

    private func noWayBack(to stage: Stage) -> CommandError {
        let own = self.stage?.rawValue ?? "source"
        let kind = if case .model = content { "a pack, which begins at stage" } else { "a dump of stage" }
        return CommandError("\(path): \(kind) '\(own)', and no way leads back to '\(stage.rawValue)'")
    }

    private func legal<Value>(_ body: () throws(ProgramError) -> Value) throws -> Value {
        do { return try body() } catch { throw CommandError("\(path): \(error)") }
    }
}
