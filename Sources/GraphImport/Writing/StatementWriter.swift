import GraphIR
import GraphLanguage

/// Makes statements of items: paths go to their calls, and repeats get the name that they carry.
struct StatementWriter {
    private var paths: ArraySlice<[SourceItem.PathPart]> = []

    static func statements(_ items: [SourceItem]) -> [Statement] {
        var statements: [Statement] = []
        // Behind a repeat its value has the name that it carries.
        var names: [String: String] = [:]
        for item in items {
            let item = item.renamed { names[$0] ?? $0 }
            switch item.kind {
            case .weight(let type, let initializer):
                statements.append(
                    Statement(
                        .storage(
                            .weight, TypedName(name: Name(item.name), type: type), initializer: initializer,
                            path: item.paths.first.map(path)), at: .none))
            case .assignment(let expression):
                var writer = StatementWriter(paths: item.paths[...])
                statements.append(Statement(.assignment(Name(item.name), nil, writer.placing(expression)), at: .none))
            case .loop(let loop):
                names[item.name] = loop.carried
                statements += self.statements(loop)
            }
        }
        return statements
    }

    private static func statements(_ loop: SourceItem.Loop) -> [Statement] {
        let place = loop.body.firstIndex { $0.name == loop.made } ?? 0
        let readsOldValue = loop.body[(place + 1)...].contains { $0.references.contains(loop.carried) }
        var body = loop.body
        if !readsOldValue, case .loop = body[place].kind {
        } else if !readsOldValue {
            body[place].name = loop.carried
            for index in body.indices where index > place {
                body[index] = body[index].renamed { $0 == loop.made ? loop.carried : $0 }
            }
        }
        var inner = statements(body)
        if body[place].name != loop.carried {
            // What is handed on is a repeat of its own, or the old value is read behind it.
            let made: String = if case .loop(let nested) = body[place].kind { nested.carried } else { loop.made }
            inner.append(Statement(.assignment(Name(loop.carried), nil, Expression(.name(made), at: .none)), at: .none))
        }
        return [
            Statement(.assignment(Name(loop.carried), nil, Expression(.name(loop.start), at: .none)), at: .none),
            Statement(
                .repeat(
                    variable: Name(loop.counter), lower: Expression(.integer(0), at: .none),
                    upper: Expression(.integer(loop.count), at: .none), carry: [Name(loop.carried)], body: inner), at: .none),
        ]
    }

    /// The expression with paths at its calls, in the order of reading.
    private mutating func placing(_ expression: Expression) -> Expression {
        switch expression.kind {
        case .negate(let operand): return Expression(.negate(placing(operand)), at: .none)
        case .binary(let symbol, let left, let right):
            let first = placing(left)
            return Expression(.binary(symbol, first, placing(right)), at: .none)
        case .call(var call):
            if call.path != nil, let parts = paths.popFirst() { call.path = Self.path(parts) }
            var operands: [Expression] = []
            for operand in call.operands { operands.append(placing(operand)) }
            call.operands = operands
            return Expression(.call(call), at: .none)
        default: return expression
        }
    }

    private static func path(_ parts: [SourceItem.PathPart]) -> Path {
        var pieces: [Path.Piece] = []
        var text = ""
        for part in parts {
            switch part {
            case .text(let piece): text += piece
            case .number(let number, let terms) where terms.isEmpty: text += "\(number)"
            case .number(let number, let terms):
                if !text.isEmpty { pieces.append(.text(text)) }
                text = ""
                pieces.append(.interpolation(sum(number, terms)))
            }
        }
        if !text.isEmpty { pieces.append(.text(text)) }
        return Path(pieces, at: .none)
    }

    /// `2*i + 3`
    private static func sum(_ number: Int, _ terms: [SourceItem.Term]) -> Expression {
        var size = Size(number)
        for term in terms { size = size + term.factor * Size(symbol: term.counter) }
        return size.syntax
    }
}
