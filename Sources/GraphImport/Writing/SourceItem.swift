import GraphLanguage

/// A line of a graph's body before it is written, or a repeat of such lines: it gives one name a value.
struct SourceItem: Hashable {
    indirect enum Kind: Hashable {
        /// Calls in the expression have their paths in ``SourceItem/paths``, in the order of reading.
        case assignment(Expression)
        case weight(TypeSyntax, InitializerSyntax)
        /// The value of a name that each iteration takes and makes anew.
        case loop(Loop)
    }

    struct Loop: Hashable {
        var counter: String
        var count: Int
        /// The value before the first iteration.
        var start: String
        /// What the value is called in the body before it is made.
        var carried: String
        /// Its last item makes the value of the next iteration, under the name `made`.
        var body: [SourceItem]
        var made: String
    }

    /// What the line gives a value.
    var name: String
    var kind: Kind
    var paths: [[PathPart]] = []

    /// A piece of a weight's path.
    enum PathPart: Hashable {
        case text(String)
        /// A whole number, which counters may add to.
        case number(Int, terms: [Term])
    }

    struct Term: Hashable {
        var counter: String
        var factor: Int
    }

    /// Splits a path at its numbers.
    static func parts(_ path: String) -> [PathPart] {
        var parts: [PathPart] = []
        var rest = path[...]
        while let first = rest.first {
            let isDigits = first.isNumber
            let run = rest.prefix { $0.isNumber == isDigits }
            rest = rest.dropFirst(run.count)
            if isDigits, let number = Int(run), number < 1 << 40, String(number) == run {
                parts.append(.number(number, terms: []))
            } else {
                parts.append(.text(String(run)))
            }
        }
        return parts
    }
}

extension SourceItem {
    /// Values that the item reads, in the order of reading.
    var references: [String] {
        switch kind {
        case .weight: return []
        case .assignment(let expression): return expression.references
        case .loop(let loop):
            let inner = Set(loop.body.map(\.name) + [loop.carried])
            return [loop.start] + loop.body.flatMap(\.references).filter { !inner.contains($0) }
        }
    }

    /// The item with other names for what it reads.
    func renamed(_ name: (String) -> String) -> SourceItem {
        var item = self
        switch kind {
        case .weight: break
        case .assignment(let expression): item.kind = .assignment(expression.renamed(name))
        case .loop(var loop):
            let inner = Set(loop.body.map(\.name) + [loop.carried])
            loop.start = name(loop.start)
            loop.body = loop.body.map { $0.renamed { inner.contains($0) ? $0 : name($0) } }
            item.kind = .loop(loop)
        }
        return item
    }
}

extension Expression {
    /// Names in the order of reading.
    fileprivate var references: [String] {
        switch kind {
        case .name(let name): [name]
        case .negate(let operand), .not(let operand): operand.references
        case .binary(_, let left, let right), .range(let left, let right): left.references + right.references
        case .call(let call):
            call.operands.flatMap(\.references)
        case .list, .set, .integer, .float, .boolean: []
        }
    }

    /// The expression with other names for tensors. Lists and arguments hold sizes and numbers alone.
    fileprivate func renamed(_ name: (String) -> String) -> Expression {
        switch kind {
        case .name(let old): return Expression(.name(name(old)), at: .none)
        case .negate(let operand): return Expression(.negate(operand.renamed(name)), at: .none)
        case .binary(let symbol, let left, let right):
            return Expression(.binary(symbol, left.renamed(name), right.renamed(name)), at: .none)
        case .call(var call):
            call.operands = call.operands.map { $0.renamed(name) }
            return Expression(.call(call), at: .none)
        default: return self
        }
    }
}
