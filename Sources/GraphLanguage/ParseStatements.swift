extension Parser {
    /// body = "{" {statement} "}"
    ///
    /// Records the mistakes within and goes on.
    mutating func parseBody(of owner: String) throws(Failure) -> [Statement] {
        let opening = current
        if opening.kind == .leftBrace {
            advance()
        } else if opening.isFirstOnLine, opening.kind != .endOfFile, !beginsDeclaration(at: index) {
            // A header without its brace is most likely followed by its body.
            record(unexpected("'{' to open the body of \(owner)"))
        } else {
            throw unexpected("'{' to open the body of \(owner)")
        }
        guard statementDepth < SyntaxLimits.statementNesting else {
            index -= 1
            throw failure(
                .nestingTooDeep, "statements can be nested at most \(SyntaxLimits.statementNesting) deep",
                at: opening.location)
        }
        let outerInsensitivity = newlineInsensitivity
        newlineInsensitivity = 0
        statementDepth += 1
        defer {
            newlineInsensitivity = outerInsensitivity
            statementDepth -= 1
        }
        var statements: [Statement] = []
        while !isFull {
            if current.kind == .rightBrace {
                advance()
                break
            }
            if current.kind == .endOfFile || beginsDeclaration(at: index) {
                reportUnclosed(opening, owner)
                break
            }
            let start = index
            let mistakeCount = diagnostics.count
            do throws(Failure) {
                var statement = try parseStatement()
                try expectEndOfStatement()
                if !statement.holdsStatements, diagnostics.count > mistakeCount || holdsLexicalMistake(from: start) {
                    statement.kind = unreadable(from: start)
                }
                statements.append(statement)
            } catch {
                record(error)
                recover(from: start)
                statements.append(Statement(unreadable(from: start), at: tokens[start].location))
            }
        }
        return statements
    }

    private mutating func reportUnclosed(_ opening: Token, _ owner: String) {
        guard unclosedBodyIndex != index else { return }
        unclosedBodyIndex = index
        isFragmentary = true
        let isEnd = current.kind == .endOfFile
        let found = isEnd ? "the end of the file" : "'\(text(current)) \(clipped(text(peek(1))))'"
        record(
            failure(
                .unclosedBody, "expected '}' to close the body of \(owner), found \(found)",
                at: isEnd ? tokens[index - 1].locationBehind : current.location,
                notes: ["it opens at \(opening.line):\(opening.column)"]))
    }

    /// What stands for a statement from `start` to here, whose header has a mistake.
    ///
    /// - Parameters:
    ///   - headerEnd: where the body begins.
    ///   - body: what could be read of it, or of several.
    private func unreadable(from start: Int, headerEnd: Int, body: [Statement]) -> Statement.Kind {
        let header = tokens[start..<headerEnd].filter { $0.kind == .identifier }
        guard case .unreadable(let names, _, _) = unreadable(from: start) else { return .unreadable([]) }
        return .unreadable(names, header: header.map { Name(text($0), at: $0.location) }, body: body)
    }

    /// What stands for the tokens from `start` to here, which hold a mistake.
    private func unreadable(from start: Int) -> Statement.Kind {
        let isNameless =
            Statement.MeasureKeyword(rawValue: text(tokens[start])) != nil || text(tokens[start]) == "update"
            || Statement.DirectiveKeyword(rawValue: text(tokens[start])) != nil
        if isNameless, peek(from: start).kind == .identifier { return .unreadable([]) }
        var names: [Name] = []
        /// Of parentheses and brackets, within which `pad = same` names nothing.
        var depth = 0
        for place in start..<index {
            let token = tokens[place]
            switch token.kind {
            case .leftParenthesis, .leftBracket: depth += 1
            case .rightParenthesis, .rightBracket: depth -= 1
            case .leftBrace, .rightBrace: depth = 0
            case .identifier where depth <= 0 || token.isFirstOnLine:
                let next = peek(from: place)
                let isBehindKeyword =
                    place > start && tokens[place - 1].kind == .identifier && !token.isFirstOnLine
                    && Statement.StorageKeyword(rawValue: text(tokens[place - 1])) != nil
                let isAlone = place == start && (next.isFirstOnLine || next.kind == .endOfFile)
                guard next.kind == .assign || next.kind == .colon || isBehindKeyword || isAlone else { continue }
                names.append(Name(text(token), at: token.location))
            default: break
            }
        }
        return .unreadable(names)
    }

    private func peek(from place: Int) -> Token { tokens[min(place + 1, tokens.count - 1)] }

    private func expectEndOfStatement() throws(Failure) {
        if current.isFirstOnLine || current.kind == .rightBrace || current.kind == .endOfFile { return }
        throw unexpected("the end of the line")
    }

    // MARK: One statement

    private mutating func parseStatement() throws(Failure) -> Statement {
        let start = current
        let next = peek(1)
        // What is followed by '=' or ':' is a name: `loss = …`, `state: f32[3] = …`.
        let isNamed = next.kind == .assign || next.kind == .colon
        switch start.kind {
        case .repeat where !isNamed: return Statement(try parseRepeat(), at: start.location)
        case .if where !isNamed: return Statement(try parseIf(), at: start.location)
        case .identifier: break
        default: throw noStatement()
        }
        if isNamed { return Statement(try parseAssignment(), at: start.location) }
        let word = text(start)
        if let keyword = Statement.StorageKeyword(rawValue: word) {
            advance()
            return Statement(try parseStorage(keyword), at: start.location)
        }
        if let keyword = Statement.MeasureKeyword(rawValue: word) {
            advance()
            let name = try expectName("a \(word)")
            try expect(.assign, "'=' and the value of \(name.text)")
            return Statement(.measure(keyword, name, try parseExpression()), at: start.location)
        }
        if let keyword = Statement.DirectiveKeyword(rawValue: word) {
            advance()
            return Statement(try parseDirective(keyword), at: start.location)
        }
        switch word {
        case "update":
            advance()
            let name = try expectName("what is updated")
            try expect(.assign, "'=' and the new value of \(name.text)")
            return Statement(.update(name, try parseExpression()), at: start.location)
        case "fuse":
            advance()
            return Statement(try parseFuse(), at: start.location)
        default:
            guard next.kind == .identifier, !next.isFirstOnLine else {
                return Statement(try parseAssignment(), at: start.location)
            }
            throw failure(
                .unknownStatement, "there is no statement '\(clipped(word)) \(clipped(text(next)))'", at: start.location,
                suggestion: Spelling.nearest(to: word, among: Parser.statementKeywords),
                notes: ["a value gets its name by 'name = …'"])
        }
    }

    private static let statementKeywords =
        ["if", "repeat", "update", "fuse"] + Statement.StorageKeyword.allCases.map(\.rawValue)
        + Statement.MeasureKeyword.allCases.map(\.rawValue) + Statement.DirectiveKeyword.allCases.map(\.rawValue)

    private func noStatement() -> Failure {
        let token = current
        switch token.kind {
        case .unknown:
            return .reported
        case .pathStart:
            return failure(
                .misplacedPath, "a path must stand on the line of the call that it names", at: token.location)
        case .else:
            return failure(.unexpectedToken, "'else' has no 'if' before it", at: token.location)
        case _ where token.isReservedWord:
            return failure(
                .reservedWord, "'\(text(token))' is a word of the language and cannot name a value", at: token.location)
        default:
            let isContinuation = token.isFirstOnLine && index > 0 && tokens[index - 1].kind != .leftBrace
            return failure(
                .unexpectedToken, "expected a statement, found '\(clipped(text(token)))'", at: token.location,
                notes: isContinuation
                    ? ["an expression goes on in the next line only after an operator or between parentheses"] : [])
        }
    }

    /// assignment = name [":" type] "=" expression
    private mutating func parseAssignment() throws(Failure) -> Statement.Kind {
        let name = Name(text(current), at: current.location)
        advance()
        let type = consume(.colon) ? try parseType() : nil
        guard consume(.assign) else {
            let isCall = current.kind == .leftParenthesis || current.kind == .less && current.isGlued
            throw unexpected(
                "'=' and the value of \(clipped(name.text))",
                notes: isCall ? ["a call's result gets a name: y = \(clipped(name.text))(…)"] : [])
        }
        return .assignment(name, type, try parseExpression())
    }

    /// storage = ("weight" | "state") name ":" type "~" initializer [path] | "scalar" name ":" type
    private mutating func parseStorage(_ keyword: Statement.StorageKeyword) throws(Failure) -> Statement.Kind {
        let typed = try parseTypedName(try expectName("a \(keyword.rawValue)"))
        if keyword == .scalar {
            if current.kind == .tilde, continuesLine {
                throw failure(
                    .misplacedPart, "a scalar has no initializer: it is given with each run", at: current.location)
            }
            return .storage(keyword, typed, initializer: nil, path: nil)
        }
        // Elaboration says which initializers there are where one is missing.
        let initializer = consume(.tilde) ? try parseInitializer() : nil
        let path = current.kind == .pathStart && continuesLine ? try parsePath() : nil
        return .storage(keyword, typed, initializer: initializer, path: path)
    }

    /// initializer = name ["(" expression ")"]
    private mutating func parseInitializer() throws(Failure) -> InitializerSyntax {
        let word = try expectName("an initializer")
        let hasNumber = current.kind == .leftParenthesis && continuesLine
        return InitializerSyntax(word: word, number: hasNumber ? try parseParenthesised() : nil)
    }

    // MARK: Repeat and if

    /// repeat = "repeat" name "in" expression "..<" expression [carry] body
    private mutating func parseRepeat() throws(Failure) -> Statement.Kind {
        let start = index
        var isReadable = true
        advance()
        var variable = Name("", at: current.location)
        var lower = Expression(.integer(0), at: current.location)
        var upper = lower
        var carry: [Name] = []
        do throws(Failure) {
            variable = try expectName("the repeat's counter")
            try expect(.in, "'in' and the range of \(variable.text)")
            lower = try parseExpression()
            guard consume(.range) else { throw unexpected("'..<' and the end of the range of \(variable.text)") }
            upper = try parseExpression()
            carry = try parseCarry()
            isReadable = !holdsLexicalMistake(from: start)
        } catch {
            newlineInsensitivity = 0
            isReadable = false
            try recoverHeader(error, acrossLines: false)
        }
        let headerEnd = index
        let body = try parseBody(of: "repeat \(variable.text)")
        guard isReadable else { return unreadable(from: start, headerEnd: headerEnd, body: body) }
        return .repeat(variable: variable, lower: lower, upper: upper, carry: carry, body: body)
    }

    /// if = "if" expression [carry] body ["else" (if | [carry] body)]
    private mutating func parseIf() throws(Failure) -> Statement.Kind {
        let start = index
        var isReadable = true
        advance()
        var condition = Expression(.boolean(true), at: current.location)
        var carry: [Name] = []
        do throws(Failure) {
            guard current.kind != .leftBrace else { throw unexpected("the condition of if") }
            condition = try parseExpression()
            carry = try parseCarry()
            isReadable = !holdsLexicalMistake(from: start)
        } catch {
            newlineInsensitivity = 0
            isReadable = false
            try recoverHeader(error, acrossLines: false)
        }
        let headerEnd = index
        let then = try parseBody(of: "if")
        var otherwise: Statement.Branch?
        if current.kind == .else {
            advance()
            let (branch, isElseReadable) = try parseElse()
            otherwise = branch
            isReadable = isReadable && isElseReadable
        }
        guard isReadable else {
            return unreadable(from: start, headerEnd: headerEnd, body: then + (otherwise?.body ?? []))
        }
        return .if(condition, carry: carry, then: then, otherwise: otherwise)
    }

    /// - Returns: the branch, and whether no mistake stands before its body.
    private mutating func parseElse() throws(Failure) -> (Statement.Branch, isReadable: Bool) {
        let start = current
        if start.kind == .if {
            guard statementDepth < SyntaxLimits.statementNesting else {
                throw failure(
                    .nestingTooDeep, "an if has at most \(SyntaxLimits.statementNesting) branches", at: start.location)
            }
            statementDepth += 1
            defer { statementDepth -= 1 }
            let inner = try parseIf()
            let body = [Statement(inner, at: start.location)]
            guard case .if(_, let carry, _, _) = inner else { return (Statement.Branch(carry: [], body: body), false) }
            return (Statement.Branch(carry: carry, body: body), true)
        }
        let headerStart = index
        var carry: [Name] = []
        var isReadable = true
        do throws(Failure) {
            carry = try parseCarry()
            isReadable = !holdsLexicalMistake(from: headerStart)
        } catch {
            isReadable = false
            try recoverHeader(error, acrossLines: false)
        }
        let body = try parseBody(of: "else")
        return (Statement.Branch(carry: carry, body: body), isReadable)
    }

    /// carry = "carry" name {"," name}
    private mutating func parseCarry() throws(Failure) -> [Name] {
        guard consume(.carry) else {
            guard current.kind == .leftBrace || current.isFirstOnLine || current.kind == .endOfFile else {
                throw unexpected("'carry' or '{'")
            }
            return []
        }
        var names: [Name] = []
        repeat { names.append(try expectName("what is carried")) } while consume(.comma)
        guard current.kind == .leftBrace || current.isFirstOnLine || current.kind == .endOfFile else {
            throw unexpected("',' or '{' after what is carried")
        }
        return names
    }

    // MARK: What the passes print

    /// fuse = "fuse" name ["using" kernel] body
    private mutating func parseFuse() throws(Failure) -> Statement.Kind {
        let start = index
        var isReadable = true
        var name = Name("", at: current.location)
        var kernel: Name?
        do throws(Failure) {
            name = try expectName("what is fused")
            kernel = consume(word: "using") ? try expectName("a kernel") : nil
            guard current.kind == .leftBrace || current.isFirstOnLine || current.kind == .endOfFile else {
                throw unexpected("'using' or '{'")
            }
            isReadable = !holdsLexicalMistake(from: start)
        } catch {
            isReadable = false
            try recoverHeader(error, acrossLines: false)
        }
        let body = try parseBody(of: "fuse \(name.text)")
        return isReadable ? .fuse(name, kernel: kernel, body: body) : unreadable(from: start)
    }

    /// directive = ("buffer" | "run") name {clause}, all on one line
    private mutating func parseDirective(_ keyword: Statement.DirectiveKeyword) throws(Failure) -> Statement.Kind {
        let name = try expectName("a \(keyword.rawValue)")
        var clauses: [Clause] = []
        while current.kind == .identifier, continuesLine { clauses.append(try parseClause()) }
        return .directive(keyword, name, clauses)
    }
}

extension Statement {
    /// Whether it is a `repeat`, `if` or `fuse`, whose own statements are read one by one, or what stands for one of them.
    fileprivate var holdsStatements: Bool {
        switch kind {
        case .repeat, .if, .fuse, .unreadable: true
        default: false
        }
    }
}
