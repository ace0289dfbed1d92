import GraphTestSupport
import GraphLanguage
import Testing

/// Whatever tree the parser can make, its text is read as the same tree.
struct SyntaxPrinterTests {
    @Test func randomTreesAreReadBack() throws {
        for seed in 0..<400 as Range<UInt64> {
            var trees = RandomTrees(seed: seed)
            let tree = trees.file()
            let printed = SyntaxPrinter.print(tree)
            do throws(Diagnostics) {
                let again = try Parser.parse(printed)
                #expect(again == tree, "seed \(seed):\n\(printed)")
            } catch {
                Issue.record("seed \(seed): \(error.rendered(file: "printed", source: printed))\n\(printed)")
            }
        }
    }

    @Test(arguments: [
        (1.0, "1.0"), (0.1, "0.1"), (1e-8, "1e-08"), (1e16, "1e+16"), (.leastNonzeroMagnitude, "5e-324"),
        (.greatestFiniteMagnitude, "1.7976931348623157e+308"), (0.0, "0.0"),
    ])
    func floats(number: Double, text: String) throws {
        #expect(SyntaxPrinter.print(Expression(.float(number), at: .none)) == text)
        let file = try Parser.parse("graph g() -> (y: f32[\(text)]) {}")
        #expect(file.declarations[0].outputs[0].type.dimensions == [Expression(.float(number), at: .none)])
    }
}

/// Trees of every kind that the grammar allows.
struct RandomTrees {
    private var random: RepeatableGenerator

    init(seed: UInt64) { random = RepeatableGenerator(seed: seed) }

    mutating func file() -> SourceFile {
        SourceFile(stage: flip() ? name() : nil, declarations: some(1...3) { $0.declaration() })
    }

    private mutating func declaration() -> Declaration {
        let keyword = Declaration.Keyword.allCases.randomElement(using: &random)!
        let isModel = keyword == .graph || keyword == .block
        var declaration = Declaration(keyword: keyword, name: name(), body: body(depth: 0), at: .none)
        declaration.documentation = some(0...2) { $0.flip() ? "" : "text // of  words" }
        if keyword == .entry {
            declaration.role = Name(flip() ? "train" : "predict", at: .none)
            declaration.clauses = clauses()
        }
        if isModel {
            declaration.parameters = some(0...2) { trees in
                Parameter(name: trees.name(), kind: trees.name(), defaultValue: trees.flip() ? trees.expression(2) : nil)
            }
            declaration.condition = flip() ? expression(3) : nil
        }
        if keyword != .predict { declaration.inputs = some(0...3) { $0.typedName() } }
        if keyword != .train { declaration.outputs = some(1...2) { $0.typedName() } }
        return declaration
    }

    private mutating func body(depth: Int) -> [Statement] {
        some(0...3) { trees in Statement(trees.statement(depth), at: .none) }
    }

    private mutating func statement(_ depth: Int) -> Statement.Kind {
        switch Int.random(in: 0..<(depth < 3 ? 9 : 6), using: &random) {
        case 0: return .assignment(name(), flip() ? type() : nil, expression(4))
        case 1: return .storage(flip() ? .weight : .state, typedName(), initializer: initializer(), path: flip() ? path(2) : nil)
        case 2: return .storage(.scalar, typedName(), initializer: nil, path: nil)
        case 3: return .measure(flip() ? .loss : .metric, name(), expression(3))
        case 4: return .update(name(), expression(3))
        case 5: return .directive(flip() ? .buffer : .run, name(), clauses())
        case 6:
            return .repeat(
                variable: name(), lower: expression(2), upper: expression(2), carry: some(0...2) { $0.name() },
                body: body(depth: depth + 1))
        case 7:
            let otherwise = Statement.Branch(carry: some(0...2) { $0.name() }, body: body(depth: depth + 1))
            return .if(
                expression(3), carry: some(0...2) { $0.name() }, then: body(depth: depth + 1),
                otherwise: flip() ? otherwise : nil)
        default: return .fuse(name(), kernel: flip() ? name() : nil, body: body(depth: depth + 1))
        }
    }

    private mutating func initializer() -> InitializerSyntax {
        InitializerSyntax(word: name(), number: flip() ? expression(2) : nil)
    }

    /// Only the last clause of a line can be without a value.
    private mutating func clauses() -> [Clause] {
        var clauses = some(0...2) { trees in
            Clause(
                keyword: trees.clauseKeyword(),
                values: trees.some(1...2) { trees in
                    let value = trees.expression(2)
                    return trees.flip() ? value : Expression(.range(value, trees.expression(2)), at: .none)
                })
        }
        if flip() { clauses.append(Clause(keyword: clauseKeyword(), values: [])) }
        return clauses
    }

    private mutating func clauseKeyword() -> Name {
        Name(["on", "rows", "after", "run", "e1"].randomElement(using: &random)!, at: .none)
    }

    private mutating func expression(_ depth: Int) -> Expression {
        Expression(expressionKind(depth), at: .none)
    }

    private mutating func expressionKind(_ depth: Int) -> Expression.Kind {
        switch Int.random(in: 0..<(depth > 0 ? 10 : 4), using: &random) {
        case 0: return .integer(flip() ? Int.random(in: 0...9, using: &random) : .max)
        case 1: return .float(Double(bitPattern: UInt64.random(in: 0..<Double.infinity.bitPattern, using: &random)))
        case 2: return .boolean(flip())
        case 3: return .name(name().text)
        case 4: return .negate(expression(depth - 1))
        case 5: return .not(expression(depth - 1))
        case 6, 7:
            let operation = BinaryOperator.allCases.randomElement(using: &random)!
            let right =
                operation == .isMember
                ? Expression(.set(some(1...3) { $0.expression(depth - 1) }), at: .none) : expression(depth - 1)
            return .binary(operation, expression(depth - 1), right)
        case 8: return .list(some(0...3) { $0.expression(depth - 1) })
        default:
            return .call(
                Call(
                    callee: name(), parameters: some(0...2) { $0.expression(depth - 1) },
                    operands: some(0...2) { $0.expression(depth - 1) },
                    attributes: some(0...2) { .init(name: $0.name(), value: $0.expression(depth - 1)) },
                    path: flip() ? path(depth - 1) : nil))
        }
    }

    /// A path cannot hold another, so that its expressions are plain.
    private mutating func path(_ depth: Int) -> Path {
        let index = Expression(
            .binary(.floorDivide, Expression(.name("i"), at: .none), Expression(.integer(2), at: .none)), at: .none)
        let pieces: [[Path.Piece]] = [
            [.text("a.0.b_1")], [.text("a."), .interpolation(index)], [.interpolation(index), .text(".0")],
            [.interpolation(index), .interpolation(index), .text("x."), .interpolation(index)],
        ]
        return Path(pieces.randomElement(using: &random)!, at: .none)
    }

    private mutating func type() -> TypeSyntax {
        TypeSyntax(element: name(), dimensions: some(0...4) { $0.expression(2) }, at: .none)
    }

    private mutating func typedName() -> TypedName { TypedName(name: name(), type: type()) }

    /// Any name, among them the words that have meaning at other places.
    private mutating func name() -> Name {
        let words = [
            "x", "h_1", "_", "graph", "block", "train", "predict", "entry", "stage", "where", "using", "weight", "state",
            "scalar", "loss", "metric", "update", "fuse", "buffer", "run", "e1",
        ]
        return Name(words.randomElement(using: &random)!, at: .none)
    }

    private mutating func flip() -> Bool { Bool.random(using: &random) }

    private mutating func some<Element>(_ counts: ClosedRange<Int>, _ make: (inout RandomTrees) -> Element) -> [Element] {
        let count = Int.random(in: counts, using: &random)
        var elements: [Element] = []
        for _ in 0..<count { elements.append(make(&self)) }
        return elements
    }
}
