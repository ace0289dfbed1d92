/// What a line `NAME = …` of a rules file says: a number that is read from the names and shapes of tensors.
///
///     size(conv_first.weight, 0)        a dimension of a tensor
///     count(body.{i}.conv1.weight)      how many tensors have such a name
///     highest(body.{i}.bias)            the largest number that stands for {i}
///     root(12 / 3)                      a square root that is whole
///     if(filters == 256, 0.1, 1)        one number or the other
///
/// Beside these, numbers, names of lines above, + - * /, == and parentheses.
indirect enum RuleExpression: Hashable, Sendable {
    case number(Double)
    case name(String)
    case size(of: NamePattern, axis: Int)
    case count(NamePattern)
    case highest(NamePattern)
    case root(RuleExpression)
    case choice(RuleExpression, RuleExpression, RuleExpression)
    case operation(Character, RuleExpression, RuleExpression)

    /// The value; nil where a tensor is missing or the number is none.
    func value(_ numbers: [String: Double], _ shapes: [String: [Int]]) -> Double? {
        switch self {
        case .number(let number): return number
        case .name(let name): return numbers[name]
        case .size(let pattern, let axis):
            guard let shape = shapes[pattern.name(numbers)], shape.indices.contains(axis) else { return nil }
            return Double(shape[axis])
        case .count(let pattern): return Double(shapes.keys.count { pattern.words(in: $0, numbers) != nil })
        case .highest(let pattern):
            return shapes.keys.compactMap { pattern.words(in: $0, numbers)?.values.compactMap { Double($0) }.first }.max()
        case .root(let square):
            guard let square = square.value(numbers, shapes) else { return nil }
            let root = square.squareRoot()
            return root.rounded() == root ? root : nil
        case .choice(let condition, let yes, let no):
            guard let condition = condition.value(numbers, shapes) else { return nil }
            return (condition != 0 ? yes : no).value(numbers, shapes)
        case .operation(let symbol, let left, let right):
            guard let left = left.value(numbers, shapes), let right = right.value(numbers, shapes) else { return nil }
            switch symbol {
            case "+": return left + right
            case "-": return left - right
            case "*": return left * right
            case "/": return right == 0 ? nil : left / right
            default: return left == right ? 1 : 0
            }
        }
    }
}

extension RuleExpression {
    /// Reads an expression; nil where it is none.
    init?(_ text: String) {
        var parser = Parser(rest: text[...])
        guard let expression = parser.comparison(), parser.isAtEnd else { return nil }
        self = expression
    }

    private struct Parser {
        var rest: Substring
        private var depth = 0

        init(rest: Substring) { self.rest = rest }

        var isAtEnd: Bool {
            mutating get {
                skipSpaces()
                return rest.isEmpty
            }
        }

        mutating func comparison() -> RuleExpression? {
            depth += 1
            defer { depth -= 1 }
            guard depth < 50, let left = sum() else { return nil }
            guard take("==") else { return left }
            return sum().map { .operation("=", left, $0) }
        }

        private mutating func sum() -> RuleExpression? { chain(["+", "-"]) { $0.product() } }

        private mutating func product() -> RuleExpression? { chain(["*", "/"]) { $0.factor() } }

        private mutating func chain(
            _ symbols: [String], _ operand: (inout Parser) -> RuleExpression?
        ) -> RuleExpression? {
            guard var left = operand(&self) else { return nil }
            while let symbol = symbols.first(where: { take($0) }) {
                guard let right = operand(&self) else { return nil }
                left = .operation(Character(symbol), left, right)
            }
            return left
        }

        private mutating func factor() -> RuleExpression? {
            if take("(") {
                guard let inner = comparison(), take(")") else { return nil }
                return inner
            }
            let word = word()
            if let number = Double(word) { return .number(number) }
            guard !word.isEmpty else { return nil }
            guard take("(") else { return .name(word) }
            let expression: RuleExpression?
            switch word {
            case "size":
                let pattern = NamePattern(self.word())
                guard take(","), let axis = Int(self.word()) else { return nil }
                expression = .size(of: pattern, axis: axis)
            case "count": expression = .count(NamePattern(self.word()))
            case "highest": expression = .highest(NamePattern(self.word()))
            case "root": expression = comparison().map { .root($0) }
            case "if":
                guard let condition = comparison(), take(","), let yes = comparison(), take(","), let no = comparison() else {
                    return nil
                }
                expression = .choice(condition, yes, no)
            default: return nil
            }
            return take(")") ? expression : nil
        }

        /// A name, or a number.
        private mutating func word() -> String {
            skipSpaces()
            let word = rest.prefix { $0.isLetter || $0.isNumber || "._{}".contains($0) }
            rest = rest.dropFirst(word.count)
            return String(word)
        }

        private mutating func take(_ symbol: String) -> Bool {
            skipSpaces()
            guard rest.hasPrefix(symbol) else { return false }
            rest = rest.dropFirst(symbol.count)
            return true
        }

        private mutating func skipSpaces() { rest = rest.drop { $0.isWhitespace } }
    }
}
