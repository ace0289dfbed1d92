import GraphLanguage

/// Turns a syntax tree into graphs: binds parameters, expands blocks and repeats, names weights, and
/// infers every type.
///
/// Requires: a tree that was parsed. Ensures: a ``Module`` whose graphs satisfy the ``Verifier``.
/// Every mistake is collected and reported together; what follows from a mistake is not.
public func elaborate(
    _ file: SourceFile, parameters: [String: CompileTimeValue] = [:]
) throws(Diagnostics) -> Module {
    let elaborator = Elaborator(file)
    let module = elaborator.module(parameters: parameters)
    guard elaborator.diagnostics.isEmpty, let module else { throw Diagnostics(elaborator.sortedDiagnostics) }
    return module
}

/// Reads one compiled entry, as the passes print it. Directives (`run`, `buffer`) are not the graph's.
public func elaborate(entry: Declaration) throws(Diagnostics) -> Graph {
    let elaborator = Elaborator(SourceFile(declarations: [entry]))
    let graph = elaborator.compiledEntry(entry)
    guard elaborator.diagnostics.isEmpty else { throw Diagnostics(elaborator.sortedDiagnostics) }
    return graph
}

/// Bounds on what elaboration may make of a file.
enum ElaborationLimits {
    static let nodeCount = 200_000
    /// Statements executed, counting each turn of a repeat.
    static let statementCount = 1_000_000
    static let callDepth = 64
    static let diagnosticCount = 50
}

/// Stops the elaboration of an expression whose mistake has been reported.
struct Reported: Error {}

/// The state of one elaboration. `ElaborateStatements`, `ElaborateExpressions` and `ElaborateCalls`
/// hold its rules.
final class Elaborator {
    let file: SourceFile
    let blocks: [String: Declaration]
    private(set) var diagnostics: Set<Diagnostic> = []

    var builder = GraphBuilder(name: "")
    var environment = Environment()
    /// The calls and repeats that led here, outermost first.
    var frames: [Frame] = []
    var statementCount = 0
    var weightPaths: [String: SourceLocation] = [:]

    enum Frame {
        /// `pathPrefix` is nil when the call has no path, so that the callee can declare no weights.
        case call(Name, pathPrefix: String?)
        case turn(variable: String, value: Int)
    }

    init(_ file: SourceFile) {
        self.file = file
        var blocks: [String: Declaration] = [:]
        for block in file.declarations where block.keyword == .block { blocks[block.name.text] = block }
        self.blocks = blocks
    }

    // MARK: Declarations

    func module(parameters: [String: CompileTimeValue]) -> Module? {
        checkDeclarations()
        if file.stage != nil { return compiledModule(parameters) }
        let models = file.declarations.filter { $0.keyword == .graph }
        guard let model = models.first else {
            report("no-graph", "the file declares no graph", at: file.declarations.first?.location ?? .none,
                notes: ["a model begins with: graph name(x: u8[N, H, W, 3]) -> (y: f32[N, H, W, 3]) { … }"])
            return nil
        }
        for other in models.dropFirst() {
            report("duplicate-name", "a file declares one graph, this is another", at: other.name.location)
        }
        guard let bound = bind(parameters, of: model) else { return nil }
        var entries = [Entry(role: .forward, graph: graph(of: model, with: nil, parameters: bound))]
        for (keyword, role) in [(Declaration.Keyword.train, Role.train), (.predict, .predict)] {
            guard let declaration = file.declarations.first(where: { $0.keyword == keyword }) else { continue }
            entries.append(Entry(role: role, graph: graph(of: model, with: declaration, parameters: bound)))
        }
        if !entries.contains(where: { $0.role == .predict }) {
            entries.append(Entry(role: .predict, graph: entries[0].graph))
        }
        return Module(name: model.name.text, documentation: model.documentation, entries: entries)
    }

    /// A dump: entries that passes printed, each a graph already.
    private func compiledModule(_ parameters: [String: CompileTimeValue]) -> Module? {
        if let name = parameters.keys.sorted().first {
            report("unknown-parameter", "a compiled file has no parameters; '\(name)' was bound when it was made",
                at: file.declarations.first?.location ?? .none)
        }
        var entries: [Entry] = []
        for declaration in file.declarations {
            guard declaration.keyword == .entry, let role = declaration.role.flatMap({ Role(rawValue: $0.text) }) else {
                report("bad-entry", "a file with a stage holds entries 'forward', 'train' and 'predict' alone",
                    at: declaration.location)
                continue
            }
            entries.append(Entry(role: role, graph: compiledEntry(declaration)))
        }
        guard let first = file.declarations.first else {
            report("no-graph", "the file holds no entry", at: .none)
            return nil
        }
        return Module(name: first.name.text, documentation: first.documentation, entries: entries)
    }

    private func checkDeclarations() {
        var seen: Set<String> = []
        for declaration in file.declarations {
            switch declaration.keyword {
            case .block:
                if !seen.insert(declaration.name.text).inserted {
                    report("duplicate-name", "block '\(declaration.name.text)' is declared twice",
                        at: declaration.name.location)
                } else if OpRegistry[declaration.name.text] != nil || isFunction(declaration.name.text) {
                    report("duplicate-name", "'\(declaration.name.text)' is an op of the language; name the block otherwise",
                        at: declaration.name.location)
                }
                if declaration.outputs.count != 1 {
                    report("bad-block", "a block has exactly one output", at: declaration.name.location,
                        found: "\(declaration.outputs.count)")
                }
            case .train, .predict:
                if !seen.insert(" \(declaration.keyword)").inserted {
                    report("duplicate-name", "a model has one '\(declaration.keyword.rawValue)'",
                        at: declaration.location)
                }
                let models = file.declarations.filter { $0.keyword == .graph }.map(\.name.text)
                if !models.isEmpty, !models.contains(declaration.name.text) {
                    report("unknown-name", "there is no graph '\(declaration.name.text)'",
                        at: declaration.name.location,
                        suggestion: Spelling.nearest(to: declaration.name.text, among: models))
                }
            case .entry:
                if file.stage == nil {
                    report("bad-entry", "an 'entry' belongs to a file that begins with its stage, as 'stage fused'",
                        at: declaration.location)
                }
            case .graph:
                break
            }
        }
    }

    /// Parameters from the command line over the defaults.
    private func bind(_ given: [String: CompileTimeValue], of model: Declaration) -> [String: Binding]? {
        let known = model.parameters.map(\.name.text)
        for name in given.keys.sorted() where !known.contains(name) {
            report("unknown-parameter", "'\(model.name.text)' has no parameter '\(name)'", at: model.name.location,
                suggestion: Spelling.nearest(to: name, among: known),
                notes: known.isEmpty ? ["it has none"] : ["it has \(known.joined(separator: ", "))"])
        }
        environment = Environment()
        var isComplete = true
        for parameter in model.parameters {
            let value: CompileTimeValue?
            if let override = given[parameter.name.text] {
                value = override.converted(to: parameter.kind.text)
                if value == nil {
                    report("wrong-kind", "parameter '\(parameter.name.text)' is given a value of another kind",
                        at: parameter.name.location, expected: parameter.kind.text,
                        found: "\(override.kind) \(override)")
                }
            } else if let expression = parameter.defaultValue {
                value = converted(expression, to: parameter)
            } else {
                report("missing-parameter", "parameter '\(parameter.name.text)' has no default",
                    at: parameter.name.location, notes: ["give it with -D \(parameter.name.text)=VALUE"])
                value = nil
            }
            isComplete = isComplete && value != nil
            environment.define(parameter.name.text, value.map(Binding.known) ?? .poison)
        }
        guard isComplete, checkCondition(of: model) else { return nil }
        return Dictionary(
            uniqueKeysWithValues: known.map { ($0, environment[$0] ?? .poison) })
    }

    /// Evaluates the default of a parameter, or an argument for it, as the parameter's kind.
    func converted(_ expression: Expression, to parameter: Parameter) -> CompileTimeValue? {
        guard ["int", "float", "bool"].contains(parameter.kind.text) else {
            report("wrong-kind", "a parameter is of kind int, float or bool", at: parameter.kind.location,
                found: parameter.kind.text)
            return nil
        }
        guard let value = try? known(expression) else { return nil }
        if let converted = value.converted(to: parameter.kind.text) { return converted }
        report("wrong-kind", "parameter '\(parameter.name.text)' is of another kind", at: expression.location,
            expected: parameter.kind.text, found: "\(value.kind) \(value)")
        return nil
    }

    func checkCondition(of declaration: Declaration, at location: SourceLocation? = nil) -> Bool {
        guard let condition = declaration.condition else { return true }
        guard let value = try? known(condition) else { return false }
        if value == .bool(true) { return true }
        let values = declaration.parameters.compactMap { parameter -> String? in
            guard case .known(let value)? = environment[parameter.name.text] else { return nil }
            return "\(parameter.name.text) = \(value)"
        }
        report("condition-failed", "'\(declaration.name.text)' does not allow these parameters",
            at: location ?? condition.location, expected: "\(condition)", found: values.joined(separator: ", "))
        return false
    }

    /// The graph of the model, followed by the body of `train` or `predict`.
    private func graph(
        of model: Declaration, with entry: Declaration?, parameters: [String: Binding]
    ) -> Graph {
        builder = GraphBuilder(name: model.name.text)
        environment = Environment()
        frames = []
        statementCount = 0
        weightPaths = [:]
        for (name, binding) in parameters { environment.define(name, binding) }
        for input in model.inputs + (entry?.inputs ?? []) { declareInput(input) }
        elaborate(body: model.body)
        let modelOutputs = results(of: model)
        guard let entry else {
            for (output, id) in modelOutputs { builder.setOutput(output.name.text, id) }
            return builder.graph.normalized()
        }
        // The entry sees the model's parameters, inputs and outputs, and none of its inner names.
        var visible = Environment()
        for (name, binding) in parameters { visible.define(name, binding) }
        for input in model.inputs + entry.inputs {
            for dimension in input.type.dimensions {
                if case .name(let symbol) = dimension.kind { visible.define(symbol, environment[symbol] ?? .poison) }
            }
            visible.define(input.name.text, environment[input.name.text] ?? .poison)
        }
        for output in model.outputs {
            let id = modelOutputs.first { $0.0 == output }?.1
            visible.define(output.name.text, id.map(Binding.value) ?? .poison)
        }
        environment = visible
        elaborate(body: entry.body)
        for (output, id) in results(of: entry) { builder.setOutput(output.name.text, id) }
        if entry.keyword == .train, !entry.body.contains(where: \.isLoss) {
            report("no-loss", "'train' declares no loss", at: entry.location, notes: ["as: loss mae = mean(abs(sr - f32(hr)))"])
        }
        return builder.graph.normalized()
    }

    func compiledEntry(_ declaration: Declaration) -> Graph {
        builder = GraphBuilder(name: declaration.name.text)
        environment = Environment()
        frames = []
        statementCount = 0
        weightPaths = [:]
        for input in declaration.inputs { declareInput(input) }
        elaborate(body: declaration.body)
        for (output, id) in results(of: declaration) { builder.setOutput(output.name.text, id) }
        return builder.graph.normalized()
    }

    // MARK: Inputs and outputs

    private func declareInput(_ input: TypedName) {
        for dimension in input.type.dimensions {
            if case .name(let symbol) = dimension.kind, environment[symbol] == nil {
                environment.define(symbol, .size(Size(symbol: symbol)))
            }
        }
        guard environment[input.name.text] == nil else {
            report("duplicate-name", "'\(input.name.text)' is declared twice", at: input.name.location)
            return
        }
        guard let type = try? type(input.type) else { return environment.define(input.name.text, .poison) }
        builder.origin = origin(at: input.name.location)
        environment.define(input.name.text, .value(builder.declare(.input, type: type, named: input.name.text)))
    }

    /// The values of the declared outputs, their types checked.
    func results(of declaration: Declaration) -> [(TypedName, ValueID)] {
        declaration.outputs.compactMap { output in
            guard let binding = environment[output.name.text] else {
                report("missing-output", "output '\(output.name.text)' is never assigned", at: output.name.location,
                    suggestion: Spelling.nearest(to: output.name.text, among: environment.names))
                return nil
            }
            switch binding {
            case .poison: return nil
            case .known, .size:
                report("not-a-tensor", "output '\(output.name.text)' is not a tensor", at: output.name.location)
                return nil
            case .value(let id):
                guard let declared = try? type(output.type) else { return nil }
                check(builder.type(of: id), is: declared, for: "'\(output.name.text)'", at: output.name.location)
                return (output, id)
            }
        }
    }

    func check(_ found: TensorType, is expected: TensorType, for what: String, at location: SourceLocation) {
        let agree =
            found.element == expected.element && found.shape.rank == expected.shape.rank
            && zip(found.shape.dimensions, expected.shape.dimensions).allSatisfy { $0.compared(to: $1) != .different }
        if !agree {
            report("type-mismatch", "\(what) is declared with another type", at: location,
                expected: "\(expected)", found: "\(found)")
        }
    }

    // MARK: Reports

    var sortedDiagnostics: [Diagnostic] {
        diagnostics.sorted {
            ($0.location.line, $0.location.column, $0.code) < ($1.location.line, $1.location.column, $1.code)
        }
    }

    func report(
        _ code: String, _ message: String, at location: SourceLocation, expected: String? = nil,
        found: String? = nil, suggestion: String? = nil, notes: [String] = []
    ) {
        // The first turn of a repeat that goes wrong stands for the others.
        let isKnown = diagnostics.contains { $0.location == location && $0.code == code }
        guard !isKnown, diagnostics.count < ElaborationLimits.diagnosticCount else { return }
        diagnostics.insert(
            Diagnostic(
                code: code, message, at: location, expected: expected, found: found, suggestion: suggestion,
                notes: notes + chain))
    }

    func fail(
        _ code: String, _ message: String, at location: SourceLocation, expected: String? = nil,
        found: String? = nil, suggestion: String? = nil, notes: [String] = []
    ) -> Reported {
        report(code, message, at: location, expected: expected, found: found, suggestion: suggestion, notes: notes)
        return Reported()
    }

    func origin(at location: SourceLocation) -> Origin { Origin(location: location, chain: chain) }

    /// Innermost first: "in conv3x3, called at 11:16, i = 3".
    private var chain: [String] {
        var lines: [String] = []
        var turns = ""
        for frame in frames {
            switch frame {
            case .turn(let variable, let value):
                turns += ", \(variable) = \(value)"
            case .call(let name, _):
                lines.append("in \(name.text), called at \(name.location.line):\(name.location.column)\(turns)")
                turns = ""
            }
        }
        if !turns.isEmpty { lines.append("in repeat\(turns)") }
        return lines.reversed()
    }
}

extension Statement {
    fileprivate var isLoss: Bool {
        if case .measure(.loss, _, _) = kind { true } else { false }
    }
}
