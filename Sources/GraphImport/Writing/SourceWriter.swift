import GraphIR
import GraphLanguage

/// Writes a graph as people write one: with blocks for layers, expressions within each other, and names for what has one.
///
/// Requires: a graph of public ops with one entry.
/// Ensures: the text elaborates to the same operations.
struct SourceWriter {
    private let graph: Graph
    private let documentation: [String]
    private let layers: LayerBlocks
    private let useCounts: [Int]
    /// How many expressions a value without a name has within it.
    private let nestings: [Int]

    /// Deeper expressions are cut into several: the language has a limit.
    private static let nestingLimit = 50

    init(_ graph: Graph, documentation: [String]) {
        self.graph = graph
        self.documentation = documentation
        var useCounts = [Int](repeating: 0, count: graph.nodes.count)
        for id in graph.ids { for operand in graph[id].operands { useCounts[operand.index] += 1 } }
        for output in graph.outputs { useCounts[output.value.index] += 1 }
        self.useCounts = useCounts
        layers = LayerBlocks(graph, useCounts: useCounts)
        var nestings = useCounts
        for id in graph.ids {
            let inner = graph[id].operands.map { nestings[$0.index] }.filter { $0 < Self.nestingLimit }.max() ?? 0
            let isNamed = useCounts[id.index] != 1 || !TemporaryNames.contain(graph[id].name)
            nestings[id.index] = isNamed ? 0 : inner + 1
        }
        self.nestings = nestings
    }

    func text() -> String {
        var declarations = [declaration]
        declarations += layers.declarations
        if let predict { declarations.append(predict) }
        return SyntaxPrinter.print(SourceFile(declarations: declarations))
    }

    private var declaration: Declaration {
        let inputs = graph.nodes.filter { $0.content == .input }
        return Declaration(
            keyword: .graph, documentation: documentation, name: Name(graph.name),
            inputs: inputs.map { TypedName(name: Name($0.name), type: $0.type.syntax) },
            outputs: graph.outputs.map { TypedName(name: Name($0.name), type: graph[$0.value].type.syntax) },
            body: statements, at: .none)
    }

    /// Whole pixels, where the one output is an image of floats.
    private var predict: Declaration? {
        guard graph.outputs.count == 1, let output = graph.outputs.first,
            let input = graph.nodes.first(where: { $0.content == .input }),
            input.type.element == .u8
        else { return nil }
        var type = graph[output.value].type
        guard type.element == .f32 else { return nil }
        type.element = .u8
        let clipped = Expression(
            .call(
                Call(
                    callee: Name(OpName.clip.rawValue),
                    operands: [Expression(.name(output.name), at: .none), .number(0), .number(255)])), at: .none)
        let value = [OpName.round, .castToU8].reduce(clipped) { operand, op in
            Expression(.call(Call(callee: Name(op.rawValue), operands: [operand])), at: .none)
        }
        var name = "image"
        while name == input.name || name == output.name { name += "_" }
        return Declaration(
            keyword: .predict, documentation: ["Inference returns whole pixels."], name: Name(graph.name),
            outputs: [TypedName(name: Name(name), type: type.syntax)],
            body: [Statement(.assignment(Name(name), nil, value), at: .none)], at: .none)
    }

    private var statements: [Statement] {
        var items: [SourceItem] = []
        for id in graph.ids {
            switch graph[id].content {
            case .input, .constant, .scalar: continue
            case .weight(let path, let initializer), .state(let path, let initializer):
                guard !layers.isInside(id) else { continue }
                items.append(
                    SourceItem(
                        name: graph[id].name, kind: .weight(graph[id].type.syntax, initializer.syntax),
                        paths: [SourceItem.parts(path)]))
            case .operation:
                guard !layers.isInside(id), !isInlined(id) else { continue }
                var paths: [[SourceItem.PathPart]] = []
                let expression = expression(id, &paths)
                items.append(SourceItem(name: graph[id].name, kind: .assignment(expression), paths: paths))
            }
        }
        // An output whose value has another name, as one that is two outputs.
        for output in graph.outputs where graph[output.value].name != output.name {
            var paths: [[SourceItem.PathPart]] = []
            items.append(SourceItem(name: output.name, kind: .assignment(reference(output.value, &paths)), paths: paths))
        }
        let inputs = graph.nodes.filter { $0.content == .input }
        let symbols = inputs.flatMap { $0.type.shape.dimensions.flatMap(\.symbols) }
        let takenNames = Set(inputs.map(\.name) + symbols + layers.declarations.map(\.name.text))
        let folded = RepeatFinder.folded(items, takenNames: takenNames, outputs: Set(graph.outputs.map(\.name)))
        return StatementWriter.statements(folded)
    }

    /// Whether a value stands where it is used: one that nobody named, or a layer before its activation.
    private func isInlined(_ id: ValueID) -> Bool {
        guard useCounts[id.index] == 1, nestings[id.index] < Self.nestingLimit,
            !graph.outputs.contains(where: { $0.value == id })
        else { return false }
        return TemporaryNames.contain(graph[id].name) || layers.isBeforeActivation(id)
    }

    private func reference(_ id: ValueID, _ paths: inout [[SourceItem.PathPart]]) -> Expression {
        switch graph[id].content {
        case .constant(let number): .number(number)
        case .operation where isInlined(id): expression(id, &paths)
        default: Expression(.name(graph[id].name), at: .none)
        }
    }

    /// - Parameter paths: takes the paths of calls, each before those of its operands.
    private func expression(_ id: ValueID, _ paths: inout [[SourceItem.PathPart]]) -> Expression {
        if let call = layers.call(id) {
            paths.append(SourceItem.parts(call.path))
            return Expression(
                .call(
                    Call(
                        callee: Name(call.block), parameters: call.parameters, operands: [reference(call.operand, &paths)],
                        path: Path([], at: .none))), at: .none)
        }
        guard let operation = graph[id].operation else { return reference(id, &paths) }
        let isOfNumbers = operation.operands.allSatisfy { if case .constant = graph[$0].content { true } else { false } }
        var operands: [Expression] = []
        for operand in operation.operands { operands.append(reference(operand, &paths)) }
        return operation.syntax(operands, asOperator: !isOfNumbers)
    }
}
