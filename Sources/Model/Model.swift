import GraphCompiler
import GraphIR
import GraphLanguage
import GraphRuntime
import Pack

/// A model in memory: its graph, its compiled entries and its weights, from a `.graph` or a `.gpack`.
///
///     let model = try Model(contentsOf: "edsr.gpack")
///     try model.enlarge("photo.png", to: "big.png")
public struct Model: Sendable {
    /// The elaborated entries, in public ops: what a pack keeps for ever.
    public let module: Module
    /// The entries as far as they compile without sizes.
    public let compiled: Module
    public let parameters: ParameterStore
    /// What a checkpoint remembers of its training; nil for a model that is not being trained.
    public var training: [String: String]?
    /// What trained the weights: free words by key.
    public var metadata: [String: String]

    /// Loads a pack, or compiles a `.graph` file and gives it fresh weights.
    ///
    /// - Parameters:
    ///   - values: compile-time parameters of a `.graph` file, from `-D name=value`.
    ///   - seed: of the fresh weights.
    public init(
        contentsOf path: String, values: [String: CompileTimeValue] = [:], seed: UInt64 = 0
    ) throws(ModelError) {
        if path.hasSuffix(".graph") {
            try self.init(source: SourceText(contentsOf: path), values: values, seed: seed)
        } else {
            guard values.isEmpty else {
                throw ModelError("\(path): a pack's parameters were bound when it was compiled; -D goes with a .graph file")
            }
            let pack: Pack
            do { pack = try Pack(contentsOf: path) } catch { throw ModelError(error.description) }
            try self.init(pack, path: path)
        }
    }

    /// Compiles source text and initialises its weights.
    public init(source: SourceText, values: [String: CompileTimeValue] = [:], seed: UInt64 = 0) throws(ModelError) {
        if let stage = source.stage, stage > .elaborated {
            throw ModelError(
                "\(source.name): a model is kept as elaborated, and this dump is '\(stage.rawValue)', from which no way "
                    + "leads back; name the .graph file or a dump of stage elaborated")
        }
        module = try source.compiled(values, upTo: .elaborated)
        compiled = try Self.continued(module, from: source)
        parameters = try Self.store(for: compiled)
        metadata = ["seed": "\(seed)"]
        do { try parameters.initialize(seed: seed) } catch { throw ModelError(error.description) }
    }

    public init(_ pack: Pack, path: String) throws(ModelError) {
        let source = SourceText(pack.graphText, name: path)
        module = try source.compiled([:], upTo: .elaborated)
        if pack.compilerVersion == Pipeline.version, let text = pack.compiledText {
            compiled = try SourceText(text, name: path).compiled([:], upTo: .fused)
        } else {
            compiled = try Self.continued(module, from: source)
        }
        parameters = try Self.store(for: compiled)
        training = pack.training
        metadata = pack.metadata
        try bind(pack.weights + pack.states, from: path)
    }

    /// The model as a pack.
    ///
    /// - Parameter includingState: whether the optimizer's state goes along, as in a checkpoint.
    public func pack(includingState: Bool) -> Pack {
        func tensors(areStates: Bool) -> [PackedTensor] {
            parameters.tensors.filter { $0.isState == areStates }.map { tensor in
                PackedTensor(path: tensor.path, shape: tensor.shape, values: parameters.values(of: tensor.path) ?? [])
            }
        }
        return Pack(
            graphText: SyntaxPrinter.print(module.syntax(stage: .elaborated)),
            compiledText: SyntaxPrinter.print(compiled.syntax(stage: .fused)),
            compilerVersion: Pipeline.version, weights: tensors(areStates: false),
            states: includingState ? tensors(areStates: true) : [], training: includingState ? training : nil,
            metadata: metadata)
    }

    /// A compiled entry; an error that says what is missing where the model declares none.
    public func entry(_ role: Role) throws(ModelError) -> Entry {
        guard let graph = compiled[role] else {
            throw ModelError("'\(module.name)' declares no '\(role.rawValue)' entry")
        }
        return Entry(role: role, graph: graph)
    }

    /// The entries at a stage from `elaborated` to `fused`.
    public func module(at stage: Stage) throws(ModelError) -> Module {
        if stage >= .fused { return compiled }
        do {
            return try Pipeline.continue(module, after: .elaborated, upTo: stage)
        } catch {
            throw ModelError(error, of: module.name)
        }
    }

    /// Replaces weights by name.
    ///
    /// - Throws: naming each tensor that is missing, unknown or of another shape.
    public func bind(_ tensors: [PackedTensor], from path: String) throws(ModelError) {
        let known = Dictionary(uniqueKeysWithValues: parameters.tensors.map { ($0.path, $0) })
        let given = Set(tensors.map(\.path))
        var problems: [String] = []
        for tensor in tensors {
            guard let expected = known[tensor.path] else {
                let near = Spelling.nearest(to: tensor.path, among: known.keys).map { "; did you mean @\($0)?" } ?? ""
                problems.append("@\(tensor.path) is not in the model\(near)")
                continue
            }
            if expected.shape != tensor.shape {
                problems.append("@\(tensor.path) is \(tensor.shape), the model needs \(expected.shape)")
            }
        }
        for tensor in parameters.tensors where !tensor.isState && !given.contains(tensor.path) {
            problems.append("@\(tensor.path) is missing")
        }
        guard problems.isEmpty else {
            let shown = problems.prefix(8).joined(separator: "\n  ")
            let rest = problems.count > 8 ? "\n  and \(problems.count - 8) more" : ""
            throw ModelError("\(path): these weights do not fit '\(module.name)'; name the model they were trained in, with its -D:\n  \(shown)\(rest)")
        }
        for tensor in tensors {
            do { try parameters.setValues(tensor.values, of: tensor.path) } catch { throw ModelError(error.description) }
        }
    }

    private static func continued(_ module: Module, from source: SourceText) throws(ModelError) -> Module {
        do {
            return try Pipeline.continue(module, after: .elaborated, upTo: .fused)
        } catch {
            throw ModelError(rendered: error.rendered(file: source.name, source: source.text))
        }
    }

    private static func store(for module: Module) throws(ModelError) -> ParameterStore {
        do { return try ParameterStore(for: module.entries.map(\.graph)) } catch { throw ModelError(error.description) }
    }
}

/// A `.graph` file's text, with the name that messages give it.
public struct SourceText: Hashable, Sendable {
    public var text: String
    public var name: String

    public init(_ text: String, name: String) {
        self.text = text
        self.name = name
    }

    public init(contentsOf path: String) throws(ModelError) {
        name = path
        text = try readText(path)
    }

    /// The stage that a dump begins with; nil for a file as people write it.
    public var stage: Stage? {
        let firstLine = text.prefix { !$0.isNewline }.split(separator: " ")
        guard firstLine.count == 2, firstLine[0] == "stage" else { return nil }
        return Stage(rawValue: String(firstLine[1]))
    }

    /// The syntax tree; mistakes in the text are rendered with their places.
    public func parsed() throws(ModelError) -> SourceFile {
        do { return try Parser.parse(text) } catch { throw ModelError(rendered: error.rendered(file: name, source: text)) }
    }

    /// The program of a dump of stage `scheduled` or `planned`, verified.
    public func program() throws(ModelError) -> Program {
        do { return try readProgram(text) } catch { throw ModelError(rendered: error.rendered(file: name, source: text)) }
    }

    /// The module at a stage; mistakes in the text are rendered with their places.
    public func compiled(_ values: [String: CompileTimeValue], upTo stage: Stage) throws(ModelError) -> Module {
        do {
            return try Pipeline.run(text, parameters: values, upTo: stage)
        } catch {
            throw ModelError(rendered: error.rendered(file: name, source: text))
        }
    }
}

/// Why a model cannot be loaded, used or saved: what, where and what to do.
public struct ModelError: Error, Hashable, Sendable, CustomStringConvertible {
    public var description: String
    /// Whether the description is the mistakes of a file, rendered with their places.
    public var isRendered = false

    public init(_ description: String) { self.description = description }

    init(rendered description: String) {
        self.description = description
        isRendered = true
    }
}
