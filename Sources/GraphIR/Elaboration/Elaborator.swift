import GraphLanguage

/// Makes graphs of a syntax tree: binds parameters, expands blocks and repeats, names weights, and
/// infers every type.
///
/// Requires: a tree that was parsed. Ensures: a ``Module`` whose graphs satisfy the ``Verifier``.
/// Every mistake is collected and reported together; what follows from a mistake is not.
public func elaborate(
    _ file: SourceFile, parameters: [String: CompileTimeValue] = [:]
) throws(Diagnostics) -> Module {
    let elaborator = Elaborator(file)
    let module = elaborator.module(parameters: parameters)
    guard elaborator.diagnostics.isEmpty, let module else { throw Diagnostics(elaborator.diagnostics.sortedByPlace()) }
    return module
}

/// All mistakes of a text that cannot be read as a whole: those in how it is written, and those in what the rest of it
/// means. What could follow from a statement that cannot be read is none.
public func mistakes(
    in reading: Parser.Reading, parameters: [String: CompileTimeValue] = [:]
) -> Diagnostics {
    guard let file = reading.file else { return Diagnostics(reading.mistakes) }
    let elaborator = Elaborator(file, isWhole: false)
    _ = elaborator.module(parameters: parameters)
    return Diagnostics((reading.mistakes + elaborator.diagnostics).sortedByPlace())
}

/// Reads one compiled entry, as the passes print it. Directives (`run`, `buffer`) are not the graph's.
public func elaborate(entry: Declaration) throws(Diagnostics) -> Graph {
    let elaborator = Elaborator(SourceFile(declarations: [entry]))
    let graph = elaborator.compiledEntry(entry)
    guard elaborator.diagnostics.isEmpty else { throw Diagnostics(elaborator.diagnostics.sortedByPlace()) }
    return graph
}

extension Graph {
    /// Values of a graph that is written by people or imported, at most.
    public static let mostWrittenValues = ElaborationLimits.nodeCount
}

/// Bounds on what elaboration may make of a file.
enum ElaborationLimits {
    /// Values of an entry as people write it, which repeats and calls make of a small file.
    static let nodeCount = 25_000
    /// Values of an entry of which nearly each has a statement of its own, as the compiler prints it.
    static let printedNodeCount = 200_000
    /// Expressions and statements, each counted as often as calls and repeats expand it.
    static let stepCount = 500_000
    /// How many of them are still looked at, for other mistakes, once there is one.
    static let stepCountAfterMistake = 50_000
    /// Blocks within each other.
    static let callDepth = 64
    /// Expressions within each other, through the blocks that they call.
    static let expressionDepth = 1000
    /// Names of sizes in one entry.
    static let sizeCount = 64
    static let operandCount = 256
    /// Characters of a weight's whole path; leaves room for the names of its states.
    static let pathLength = 1000
}

/// The state of one elaboration. `ElaborateStatements`, `ElaborateExpressions` and `ElaborateCalls`
/// hold its rules.
final class Elaborator {
    let file: SourceFile
    let blocks: [String: Declaration]
    /// Whether the file holds no statement that cannot be read.
    private let isWhole: Bool
    /// What may be made of the file: more than of others where more is written in it.
    let budget: ElaborationBudget
    private(set) var diagnostics: [Diagnostic] = []
    /// Where which mistakes were found.
    private var mistakeSites: Set<MistakeSite> = []
    /// Set where going on would take too long or help nobody.
    private(set) var isStopped = false

    var builder = GraphBuilder(name: "")
    var environment = Environment()
    /// The calls and repeats that led here, outermost first.
    var frames: [ElaborationFrame] = [] { didSet { knownChain = nil } }
    /// What ``chain`` gives until ``frames`` changes.
    var knownChain: [String]?
    var stepCount = 0
    /// What ``stepCount`` was when the first mistake was found.
    private(set) var stepCountAtMistake: Int?
    private var sizeCount = 0
    var expressionDepth = 0
    /// Whether a dimension is looked at, where names are those of sizes and parameters.
    var isInType = false
    /// What is elaborated: some statements belong to `train` alone, others to dumps.
    private(set) var keyword = Declaration.Keyword.graph
    var isLossDeclared = false
    /// Whether the graph is one that is trained, which bodies may ask for by ``trainingWord``.
    private(set) var isTraining = false
    static let trainingWord = "training"
    /// For each weight's path, the statement that declared it and what led there.
    var weightSites: [String: (location: SourceLocation, frames: [ElaborationFrame])] = [:]
    /// Calls whose path has a mistake. Each stands for a path that is no other's.
    var unknownPathCount = 0
    /// Whether only names are looked up, in statements that are not elaborated. See `UnreachedNames`.
    var isLookingUp = false
    /// Where the bodies begin whose names were looked up.
    var lookedUpBodies: Set<SourceLocation> = []
    /// The names of blocks that a call has expanded.
    var expandedBlocks: Set<String> = []

    var measureNames: Set<String> = []
    var updatedTargets: Set<ValueID> = []
    /// Names of `fuse` statements.
    var stepNames: Set<String> = []

    init(_ file: SourceFile, isWhole: Bool = true) {
        self.file = file
        self.isWhole = isWhole
        budget = ElaborationBudget(file)
        var blocks: [String: Declaration] = [:]
        for block in file.declarations where block.keyword == .block { blocks[block.name.text] = block }
        self.blocks = blocks
    }

    /// Whether a mistake of a kind was found at a place before; it is known from then on.
    func isKnown(_ code: Diagnostic.Code, at location: SourceLocation) -> Bool {
        !mistakeSites.insert(MistakeSite(code: code, location: location)).inserted
    }

    func insert(_ diagnostic: Diagnostic) {
        diagnostics.append(diagnostic)
        stepCountAtMistake = stepCountAtMistake ?? stepCount
    }

    func stop() { isStopped = true }

    // MARK: Files

    func module(parameters: [String: CompileTimeValue]) -> Module? {
        checkDeclarations()
        if file.stage != nil { return compiledModule(parameters) }
        guard let model = file.declarations.first(where: { $0.keyword == .graph }) else {
            if !file.declarations.contains(where: { $0.keyword == .entry }) {
                report(
                    .noGraph, "the file declares no graph", at: file.declarations.first?.location ?? .none,
                    notes: ["a model begins with: graph name(x: u8[N, H, W, 3]) -> (y: f32[N, H, W, 3]) { … }"])
            }
            return nil
        }
        guard model.isReadable else {
            lookUpNamesOfUncalledBlocks()
            return nil
        }
        let bound = bind(parameters, of: model)
        var entries = [Entry(role: .forward, graph: graph(of: model, with: nil, parameters: bound))]
        for (keyword, role) in [(Declaration.Keyword.train, Role.train), (.predict, .predict)] {
            guard !isStopped, let declaration = file.declarations.first(where: { $0.keyword == keyword }),
                declaration.isReadable
            else { continue }
            entries.append(Entry(role: role, graph: graph(of: model, with: declaration, parameters: bound)))
        }
        lookUpNamesOfUncalledBlocks()
        if !entries.contains(where: { $0.role == .predict }) {
            entries.append(Entry(role: .predict, graph: entries[0].graph))
        }
        return Module(name: model.name.text, documentation: model.documentation, entries: entries)
    }

    /// A dump: entries that passes printed, each a graph already.
    private func compiledModule(_ parameters: [String: CompileTimeValue]) -> Module? {
        if let name = parameters.keys.sorted().first {
            report(
                .unknownParameter, "a compiled file has no parameters; '\(name)' was bound when it was made",
                at: file.declarations.first?.location ?? .none)
        }
        var entries: [Entry] = []
        for declaration in file.declarations {
            guard declaration.keyword == .entry, let role = declaration.role.flatMap({ Role(rawValue: $0.text) }) else {
                report(
                    .badEntry, "a file that begins with its stage holds entries 'forward', 'train' and 'predict' alone",
                    at: declaration.location)
                continue
            }
            entries.append(Entry(role: role, graph: compiledEntry(declaration)))
        }
        guard let first = file.declarations.first else {
            report(.noGraph, "the file holds no entry", at: file.stage?.location ?? .none)
            return nil
        }
        return Module(name: first.name.text, documentation: first.documentation, entries: entries)
    }

    // MARK: Parameters

    /// Parameters from the command line over the defaults; poison, where one is wrong or all are not allowed.
    private func bind(_ given: [String: CompileTimeValue], of model: Declaration) -> [(String, Binding)] {
        let known = model.parameters.map(\.name.text)
        for name in given.keys.sorted() where !known.contains(name) {
            report(
                .unknownParameter, "graph '\(model.name.text)' has no parameter '\(name)'", at: model.name.location,
                suggestion: Spelling.nearest(to: name, among: known),
                notes: known.isEmpty ? ["it has none"] : ["it has \(known.joined(separator: ", "))"])
        }
        environment = Environment()
        for parameter in model.parameters {
            let value: CompileTimeValue?
            if let override = given[parameter.name.text] {
                let kind = CompileTimeValue.Kind(rawValue: parameter.kind.text)
                value = kind.flatMap(override.converted)
                if value == nil, let kind {
                    report(
                        .wrongKind, "parameter '\(parameter.name.text)' is given a value of the wrong kind",
                        at: parameter.name.location, expected: kind.rawValue,
                        found: "\(override.kind.rawValue) \(override)")
                }
            } else if let expression = parameter.defaultValue {
                value = converted(expression, to: parameter)
            } else {
                report(
                    .missingParameter, "parameter '\(parameter.name.text)' has no default",
                    at: parameter.name.location, missingParameter: parameter.name.text)
                value = nil
            }
            environment.fix(parameter.name.text, value.map(Binding.known) ?? .poison)
        }
        let areAllowed = checkCondition(of: model)
        return known.map { ($0, areAllowed ? environment[$0] ?? .poison : .poison) }
    }

    /// Evaluates the default of a parameter, or an argument for it, as the parameter's kind.
    func converted(_ expression: Expression, to parameter: Parameter) -> CompileTimeValue? {
        guard let value = try? known(expression), let kind = CompileTimeValue.Kind(rawValue: parameter.kind.text) else {
            return nil
        }
        if let converted = value.converted(to: kind) { return converted }
        report(
            .wrongKind, "parameter '\(parameter.name.text)' is given a value of the wrong kind", at: expression.location,
            expected: kind.rawValue, found: "\(value.kind.rawValue) \(value)")
        return nil
    }

    func checkCondition(of declaration: Declaration, at location: SourceLocation? = nil) -> Bool {
        guard let condition = declaration.condition else { return true }
        guard let value = try? known(condition) else { return false }
        if value == .bool(true) { return true }
        if value != .bool(false) {
            report(.wrongKind, "a condition must be true or false", at: condition.location, found: "\(value)")
            return false
        }
        let values = declaration.parameters.compactMap { parameter -> String? in
            guard case .known(let value)? = environment[parameter.name.text] else { return nil }
            return "\(parameter.name.text) = \(value)"
        }
        report(
            .conditionFailed, "\(declaration.keyword.rawValue) '\(declaration.name.text)' does not allow these parameters",
            at: location ?? condition.location, expected: SyntaxPrinter.print(condition, isTight: true),
            found: values.joined(separator: ", "))
        return false
    }

    // MARK: Entries

    private func begin(_ name: Name, _ keyword: Declaration.Keyword) {
        builder = GraphBuilder(name: name.text)
        environment = Environment()
        frames = []
        stepCount = 0
        stepCountAtMistake = diagnostics.isEmpty ? nil : 0
        sizeCount = 0
        weightSites = [:]
        measureNames = []
        updatedTargets = []
        stepNames = []
        isLossDeclared = false
        self.keyword = keyword
    }

    /// The graph of the model, followed by the body of `train` or `predict`.
    private func graph(
        of model: Declaration, with entry: Declaration?, parameters: [(String, Binding)]
    ) -> Graph {
        begin(model.name, .graph)
        isTraining = entry?.keyword == .train
        for (name, binding) in parameters { environment.fix(name, binding) }
        declare(inputs: model.inputs)
        let inner = environment
        declare(inputs: entry?.inputs ?? [])
        // The entry sees the model's parameters, sizes, inputs and outputs, and none of its inner names.
        var outer = environment
        environment = inner
        elaborate(body: model.body)
        let modelOutputs = results(of: model)
        guard let entry else { return finished(modelOutputs) }
        for output in model.outputs {
            if let input = entry.inputs.first(where: { $0.name == output.name }) {
                report(
                    .duplicateName, "'\(input.name.text)' is an output of the graph; give the input another name",
                    at: input.name.location)
            }
            let id = modelOutputs.first { $0.0 == output }?.1
            outer.define(output.name.text, id.map(Binding.value) ?? .poison)
        }
        environment = outer
        keyword = entry.keyword
        elaborate(body: entry.body)
        let isSound = isWhole && diagnostics.isEmpty
        if entry.keyword == .train, !isLossDeclared, isSound || !entry.body.contains(where: \.mayHoldLoss) {
            report(
                .noLoss, "'train' declares no loss, so there is nothing to minimise", at: entry.name.location,
                notes: ["write, for example, loss mae = mean(abs(sr - f32(hr)))"])
        }
        return finished(results(of: entry))
    }

    func compiledEntry(_ declaration: Declaration) -> Graph {
        begin(declaration.name, .entry)
        declare(inputs: declaration.inputs)
        elaborate(body: declaration.body)
        return finished(results(of: declaration))
    }

    private func finished(_ outputs: [(TypedName, ValueID)]) -> Graph {
        for (output, id) in outputs {
            if keyword != .entry { builder.preferOutputName(output.name.text, for: id) }
            builder.setOutput(output.name.text, id)
        }
        return builder.graph.normalized()
    }

    // MARK: Inputs and outputs

    /// Bare names as dimensions introduce sizes, wherever among the inputs they stand.
    private func declare(inputs: [TypedName]) {
        for dimension in inputs.flatMap(\.type.dimensions) {
            guard case .name(let symbol) = dimension.kind, environment[symbol] == nil else { continue }
            sizeCount += 1
            guard sizeCount <= ElaborationLimits.sizeCount else {
                report(.tooLarge, "at most \(ElaborationLimits.sizeCount) sizes can have names", at: dimension.location)
                return stop()
            }
            environment.fix(symbol, .size(Size(symbol: symbol)))
        }
        for input in inputs { declare(input) }
    }

    private func declare(_ input: TypedName) {
        guard environment[input.name.text] == nil else {
            report(.duplicateName, "'\(input.name.text)' is declared twice", at: input.name.location)
            return
        }
        if keyword != .entry, TrainingScalars.all.contains(input.name.text) {
            report(
                .reservedWord, "'\(input.name.text)' is a number that training supplies; give the input another name",
                at: input.name.location)
        }
        guard let type = try? type(input.type, isResult: false) else { return environment.define(input.name.text, .poison) }
        builder.origin = origin(at: input.name.location)
        environment.define(input.name.text, .value(builder.declare(.input, type: type, named: input.name.text)))
    }

    /// The values of the declared outputs, their types checked.
    func results(of declaration: Declaration) -> [(TypedName, ValueID)] {
        var names: Set<String> = []
        return declaration.outputs.filter { names.insert($0.name.text).inserted }.compactMap { output in
            guard let binding = environment[output.name.text] else {
                report(
                    .missingOutput, "output '\(output.name.text)' is never assigned", at: output.name.location,
                    suggestion: Spelling.nearest(to: output.name.text, among: environment.names))
                return nil
            }
            guard let id = try? value(of: binding, at: output.name.location),
                let declared = try? type(output.type, isResult: true),
                check(builder.type(of: id), is: declared, for: "'\(output.name.text)'", at: output.name.location)
            else { return nil }
            return (output, id)
        }
    }

    /// Whether a value has the type that is stated for it; reports it where not.
    func check(
        _ found: TensorType, is stated: TensorType, for what: String, at location: SourceLocation
    ) -> Bool {
        if found == stated { return true }
        let isUndecided =
            found.element == stated.element && found.shape.rank == stated.shape.rank
            && zip(found.shape.dimensions, stated.shape.dimensions).allSatisfy { $0.compared(to: $1) != .different }
        report(
            .typeMismatch, "\(what) does not have its declared type", at: location, expected: "\(stated)", found: "\(found)",
            notes: isUndecided ? ["they agree for some sizes only, and a declared type holds for all"] : [])
        return false
    }
}

extension Statement {
    /// Whether a loss stands here or within, as far as it can be read.
    fileprivate var mayHoldLoss: Bool {
        switch kind {
        case .measure(.loss, _, _), .unreadable: true
        case .repeat(_, _, _, _, let body): body.contains(where: \.mayHoldLoss)
        case .if(_, _, let then, let otherwise): (then + (otherwise?.body ?? [])).contains(where: \.mayHoldLoss)
        default: false
        }
    }
}
