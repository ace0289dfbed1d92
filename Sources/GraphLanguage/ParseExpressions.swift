extension Parser {
    /// expression = unary {operator unary}, by precedence; all operators are left associative.
    mutating func parseExpression() throws(Failure) -> Expression {
        try parseExpression(minimumPrecedence: BinaryOperator.or.precedence)
    }

    /// A value between `<` and `>`, which holds no comparisons but those in parentheses.
    mutating func parseCompileTimeValue() throws(Failure) -> Expression {
        try parseExpression(minimumPrecedence: BinaryOperator.add.precedence)
    }

    private mutating func parseExpression(minimumPrecedence: Int) throws(Failure) -> Expression {
        guard continuesLine else { throw unexpected("a value") }
        return try parseOperators(minimumPrecedence)
    }

    /// An operand's first token may stand on the next line, as the operator before it says that more is to come.
    private mutating func parseOperators(_ minimumPrecedence: Int) throws(Failure) -> Expression {
        try enterExpression()
        defer { expressionDepth -= 1 }
        let comparison = BinaryOperator.equal.precedence
        var left = try parseUnary()
        var isComparison = false
        while continuesLine, let operation = Parser.binaryOperator(current.kind), operation.precedence >= minimumPrecedence {
            let token = current
            let leftHeight = expressionHeight
            if isComparison, operation.precedence == comparison {
                throw failure(
                    .chainedComparison, "comparisons do not chain", at: token.location,
                    notes: ["join them by &&, or put one between parentheses"])
            }
            isComparison = operation.precedence == comparison
            advance()
            let right: Expression
            if operation == .isMember {
                right = try parseSet()
            } else {
                try checkOperand(behind: token)
                right = try parseOperators(operation.precedence + 1)
            }
            try setHeight(above: max(leftHeight, expressionHeight), at: token)
            left = Expression(.binary(operation, left, right), at: token.location)
        }
        return left
    }

    /// unary = ("-" | "!") unary | primary
    private mutating func parseUnary() throws(Failure) -> Expression {
        let token = current
        guard token.kind == .minus || token.kind == .not else { return try parsePrimary() }
        try enterExpression()
        defer { expressionDepth -= 1 }
        advance()
        try checkOperand(behind: token)
        let operand = try parseUnary()
        try setHeight(above: expressionHeight, at: token)
        return Expression(token.kind == .minus ? .negate(operand) : .not(operand), at: token.location)
    }

    /// primary = number | "true" | "false" | name | call | "(" expression ")" | list
    private mutating func parsePrimary() throws(Failure) -> Expression {
        let token = current
        expressionHeight = 1
        let expression: Expression
        switch token.kind {
        case .integer:
            expression = Expression(.integer(parseInteger(token)), at: token.location)
        case .float:
            expression = Expression(.float(parseFloat(token)), at: token.location)
        case .malformedNumber:
            expression = Expression(.integer(0), at: token.location)
        case .true, .false:
            expression = Expression(.boolean(token.kind == .true), at: token.location)
        case .identifier:
            let next = peek(1)
            let isOnLine = newlineInsensitivity > 0 || !next.isFirstOnLine
            // `name<` without a space opens compile-time arguments; a comparison has a space.
            if next.kind == .leftParenthesis && isOnLine || next.kind == .less && next.isGlued { return try parseCall() }
            expression = Expression(.name(text(token)), at: token.location)
        case .leftParenthesis:
            return try parseParenthesised()
        case .leftBracket:
            let elements = try parseMeasuredList(.leftBracket, .rightBracket, "the values of a list")
            try setHeight(above: expressionHeight, at: token)
            return Expression(.list(elements), at: token.location)
        case .leftBrace:
            throw failure(
                .misplacedSet, "a set can only follow 'in'", at: token.location,
                notes: ["as in scale in {2, 3, 4}; a list of values is written [2, 3, 4]"])
        case .pathStart:
            throw misplacedPath()
        case _ where token.isReservedWord:
            throw failure(
                .reservedWord, "'\(text(token))' is a word of the language and cannot name a value", at: token.location)
        default:
            throw unexpected("a value")
        }
        advance()
        return expression
    }

    mutating func parseParenthesised() throws(Failure) -> Expression {
        let opened = current
        advance()
        newlineInsensitivity += 1
        let expression = try parseExpression()
        newlineInsensitivity -= 1
        guard current.kind == .rightParenthesis else {
            throw unexpected(
                "')' to close a parenthesis",
                notes: opened.line == tokens[index - 1].line ? [] : ["'(' stands at \(opened.line):\(opened.column)"])
        }
        advance()
        return expression
    }

    /// set = "{" expression {"," expression} "}"
    private mutating func parseSet() throws(Failure) -> Expression {
        let opened = current
        guard opened.kind == .leftBrace, continuesLine else { throw unexpected("a set after 'in', as {2, 3, 4}") }
        let elements = try parseMeasuredList(.leftBrace, .rightBrace, "the values of a set", isEmptyAllowed: false)
        try setHeight(above: expressionHeight, at: opened)
        return Expression(.set(elements), at: opened.location)
    }

    // MARK: Calls

    /// call = name ["<" value {"," value} ">"] "(" [argument {"," argument}] ")" [path],
    /// argument = expression | name "=" expression
    private mutating func parseCall() throws(Failure) -> Expression {
        let token = current
        var call = Call(callee: try expectName("a call"))
        let shown = clipped(call.callee.text)
        var height = 0
        if current.kind == .less {
            call.parameters = try parseParameters(of: shown, height: &height)
        }
        guard current.kind == .leftParenthesis, continuesLine else {
            throw unexpected("'(' and the operands of \(shown)", notes: Parser.comparisonNote)
        }
        try parseArguments(of: &call, height: &height)
        if current.kind == .pathStart, continuesLine {
            call.path = try parsePath()
            height = max(height, expressionHeight)
        }
        try setHeight(above: height, at: token)
        return Expression(.call(call), at: token.location)
    }

    private static let comparisonNote = [
        "'<' directly after a name opens compile-time arguments; a comparison has a space before it"
    ]

    private mutating func parseParameters(of callee: String, height: inout Int) throws(Failure) -> [Expression] {
        advance()
        newlineInsensitivity += 1
        var parameters: [Expression] = []
        repeat {
            parameters.append(try parseCompileTimeValue())
            height = max(height, expressionHeight)
        } while consume(.comma)
        newlineInsensitivity -= 1
        guard current.kind == .greater else {
            throw unexpected("'>' to close the compile-time arguments of \(callee)", notes: Parser.comparisonNote)
        }
        advance()
        return parameters
    }

    private mutating func parseArguments(of call: inout Call, height: inout Int) throws(Failure) {
        var operands: [Expression] = []
        var attributes: [Call.Attribute] = []
        var deepest = height
        _ = try parseList(.leftParenthesis, .rightParenthesis, "the operands of \(clipped(call.callee.text))") {
            parser throws(Failure) in
            let token = parser.current
            if token.kind == .identifier, parser.peek(1).kind == .assign {
                let name = try parser.expectName("an attribute")
                parser.advance()
                attributes.append(Call.Attribute(name: name, value: try parser.parseExpression()))
            } else {
                operands.append(try parser.parseExpression())
                if let attribute = attributes.last {
                    throw parser.failure(
                        .operandBehindAttribute, "operands stand before named arguments, as '\(clipped(attribute.name.text))'",
                        at: token.location)
                }
            }
            deepest = max(deepest, parser.expressionHeight)
        }
        call.operands = operands
        call.attributes = attributes
        height = deepest
    }

    /// path = "@" {text | "{" expression "}"}
    mutating func parsePath() throws(Failure) -> Path {
        var path = Path([], at: current.location)
        var height = 0
        advance()
        while current.kind != .pathEnd {
            if current.kind == .pathText {
                path.pieces.append(.text(text(current)))
                advance()
                continue
            }
            guard current.kind == .pathOpen else { throw .reported }
            advance()
            newlineInsensitivity += 1
            let expression = try parseExpression()
            newlineInsensitivity -= 1
            guard current.kind == .pathClose else { throw unexpected("'}' to close the '{' of a path") }
            advance()
            path.pieces.append(.interpolation(expression))
            height = max(height, expressionHeight)
        }
        path.location = SourceLocation(
            line: path.location.line, column: path.location.column, length: Int(current.column) - path.location.column)
        advance()
        expressionHeight = height
        if current.kind == .pathStart, continuesLine {
            throw failure(.misplacedPath, "a call has one path", at: current.location)
        }
        return path
    }

    /// A list of expressions that leaves the height of its highest.
    private mutating func parseMeasuredList(
        _ open: Token.Kind, _ close: Token.Kind, _ what: String, isEmptyAllowed: Bool = true
    ) throws(Failure) -> [Expression] {
        var height = 0
        let elements = try parseList(open, close, what, isEmptyAllowed: isEmptyAllowed) { parser throws(Failure) in
            let element = try parser.parseExpression()
            height = max(height, parser.expressionHeight)
            return element
        }
        expressionHeight = height
        return elements
    }

    // MARK: Numbers

    private mutating func parseInteger(_ token: Token) -> Int {
        if let number = Int(text(token)) { return number }
        record(
            failure(
                .numberTooLarge, "a whole number is at most \(Int.max)", at: token.location,
                notes: ["a larger number is written as a float, as 1e20"]))
        return 0
    }

    private mutating func parseFloat(_ token: Token) -> Double {
        if let number = Double(text(token)), number.isFinite { return number }
        record(failure(.numberTooLarge, "a float is at most \(Double.greatestFiniteMagnitude)", at: token.location))
        return 0
    }

    // MARK: Bounds

    private mutating func enterExpression() throws(Failure) {
        guard expressionDepth < SyntaxLimits.expressionNesting else { throw tooDeep(at: current.location) }
        expressionDepth += 1
    }

    /// The height of a node above operands, which a long chain of operators raises without nesting.
    private mutating func setHeight(above operands: Int, at token: Token) throws(Failure) {
        expressionHeight = operands + 1
        guard expressionHeight <= SyntaxLimits.expressionNesting else { throw tooDeep(at: token.location) }
    }

    private func tooDeep(at location: SourceLocation) -> Failure {
        failure(
            .nestingTooDeep, "an expression can be nested at most \(SyntaxLimits.expressionNesting) deep", at: location,
            notes: ["give its parts names in statements of their own"])
    }

    /// An operator at a line's end says that more is to come; a statement on the next line denies it.
    private func checkOperand(behind token: Token) throws(Failure) {
        guard current.isFirstOnLine, newlineInsensitivity == 0 else { return }
        let beginsStatement =
            current.kind == .identifier && [.assign, .colon, .identifier].contains(peek(1).kind)
            && !peek(1).isFirstOnLine
        if beginsStatement || !current.beginsOperand { throw unexpected("an operand after '\(text(token))'") }
    }

    private static func binaryOperator(_ kind: Token.Kind) -> BinaryOperator? {
        switch kind {
        case .or: .or
        case .and: .and
        case .equal: .equal
        case .notEqual: .notEqual
        case .less: .less
        case .lessOrEqual: .lessOrEqual
        case .greater: .greater
        case .greaterOrEqual: .greaterOrEqual
        case .in: .isMember
        case .plus: .add
        case .minus: .subtract
        case .star: .multiply
        case .slash: .divide
        case .floorDivide: .floorDivide
        default: nil
        }
    }
}
