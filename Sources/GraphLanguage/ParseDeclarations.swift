extension Parser {
    /// file = ["stage" name] {declaration}
    mutating func parseFile() -> SourceFile {
        var file = SourceFile(declarations: [])
        if current.kind == .identifier, text(current) == "stage", peek(1).kind == .identifier, !peek(1).isFirstOnLine {
            file.stage = Name(text(peek(1)), at: peek(1).location)
            index += 2
            if !current.isFirstOnLine, current.kind != .endOfFile {
                record(unexpected("the end of the line after the stage"))
                isFragmentary = true
                while !current.isFirstOnLine, current.kind != .endOfFile { advance() }
            }
        }
        while current.kind != .endOfFile, !isFull {
            do throws(Failure) {
                file.declarations.append(try parseDeclaration())
            } catch {
                record(error)
                isFragmentary = true
                skipToDeclaration()
            }
        }
        return file
    }

    private mutating func skipToDeclaration() {
        newlineInsensitivity = 0
        while current.kind != .endOfFile, !beginsDeclaration(at: index) { advance() }
    }

    /// declaration = keyword … header … body
    private mutating func parseDeclaration() throws(Failure) -> Declaration {
        let start = current
        let keyword = try parseDeclarationKeyword()
        var declaration = Declaration(
            keyword: keyword, documentation: documentation(above: Int(start.line)),
            name: Name("", at: start.location), body: [], at: start.location)
        newlineInsensitivity += 1
        let headerStart = index
        let mistakeCount = diagnostics.count
        do throws(Failure) {
            try parseHeader(of: &declaration)
            declaration.isReadable = diagnostics.count == mistakeCount && !holdsLexicalMistake(from: headerStart)
        } catch {
            newlineInsensitivity = 1
            declaration.isReadable = false
            try recoverHeader(error, acrossLines: true)
        }
        newlineInsensitivity -= 1
        declaration.body = try parseBody(of: "\(keyword.rawValue) \(declaration.name.text)")
        return declaration
    }

    private mutating func parseDeclarationKeyword() throws(Failure) -> Declaration.Keyword {
        let start = current
        let word = start.kind == .identifier ? text(start) : ""
        if let keyword = Declaration.Keyword(rawValue: word) {
            advance()
            return keyword
        }
        let keywords = Declaration.Keyword.allCases.map(\.rawValue)
        if peek(1).kind == .identifier, !peek(1).isFirstOnLine,
            let meant = Spelling.nearest(to: word, among: keywords), let keyword = Declaration.Keyword(rawValue: meant)
        {
            record(
                failure(
                    .unknownDeclaration, "there is no declaration '\(clipped(word))'", at: start.location, suggestion: meant))
            advance()
            return keyword
        }
        if start.kind == .unknown { throw .reported }
        let shown = start.kind == .endOfFile ? "the end of the file" : "'\(clipped(text(start)))'"
        throw failure(
            .unexpectedToken, "expected a declaration (\(keywords.joined(separator: ", "))), found \(shown)",
            at: start.location, notes: start.kind == .rightBrace ? ["no '{' is open here"] : [])
    }

    /// The lines of `///` directly above a line.
    private func documentation(above line: Int) -> [String] {
        var lines: [String] = []
        var line = line - 1
        while let text = documentation[line] {
            lines.append(text)
            line -= 1
        }
        return lines.reversed()
    }

    // MARK: Headers

    /// Which parts a declaration takes.
    private enum Part { case required, optional, absent }

    private struct HeaderForm {
        var parameters: Part
        var inputs: Part
        var outputs: Part
        var condition: Part
    }

    private static func headerForm(_ keyword: Declaration.Keyword) -> HeaderForm {
        switch keyword {
        case .graph, .block: HeaderForm(parameters: .optional, inputs: .required, outputs: .required, condition: .optional)
        case .train: HeaderForm(parameters: .absent, inputs: .optional, outputs: .absent, condition: .absent)
        case .predict: HeaderForm(parameters: .absent, inputs: .absent, outputs: .required, condition: .absent)
        case .entry: HeaderForm(parameters: .absent, inputs: .required, outputs: .optional, condition: .absent)
        }
    }

    /// header = [role] name ["<" parameters ">"] ["(" inputs ")"] ["->" "(" outputs ")"] ["where" condition] {clause}
    private mutating func parseHeader(of declaration: inout Declaration) throws(Failure) {
        let keyword = declaration.keyword
        let form = Parser.headerForm(keyword)
        if keyword == .entry { declaration.role = try parseRole() }
        declaration.name = try expectName("the \(keyword.rawValue)")
        let owner = "\(keyword.rawValue) \(declaration.name.text)"

        if current.kind == .less {
            try check(form.parameters, "compile-time parameters", of: owner)
            declaration.parameters = try parseParameters(of: owner)
        }
        if current.kind == .leftParenthesis {
            try check(form.inputs, "inputs", of: owner)
            declaration.inputs = try parseTypedNames("the inputs of \(owner)")
        } else if form.inputs == .required {
            throw unexpected("'(' and the inputs of \(owner)")
        }
        if current.kind == .arrow {
            try check(form.outputs, "outputs", of: owner)
            advance()
            let opened = current
            declaration.outputs = try parseTypedNames("the outputs of \(owner)")
            if declaration.outputs.isEmpty, form.outputs == .required {
                throw failure(.missingPart, "\(owner) needs at least one output", at: opened.location)
            }
        } else if form.outputs == .required {
            throw unexpected("'->' and the outputs of \(owner)")
        }
        if current.kind == .identifier, text(current) == "where" {
            try check(form.condition, "condition", of: owner)
            advance()
            declaration.condition = try parseExpression()
        }
        if keyword == .entry {
            while current.kind == .identifier { declaration.clauses.append(try parseClause()) }
        }
        guard current.kind == .leftBrace else { throw unexpected("'{' to open the body of \(owner)") }
    }

    private func check(_ part: Part, _ what: String, of owner: String) throws(Failure) {
        guard part == .absent else { return }
        throw failure(.misplacedPart, "\(owner) takes no \(what)", at: current.location)
    }

    private mutating func parseRole() throws(Failure) -> Name {
        let roles = ["forward", "train", "predict"]
        let role = try expectName("the entry's role (\(roles.joined(separator: ", ")))")
        guard roles.contains(role.text) else {
            throw failure(
                .unknownRole, "an entry is 'forward', 'train' or 'predict', not '\(clipped(role.text))'", at: role.location,
                suggestion: Spelling.nearest(to: role.text, among: roles))
        }
        return role
    }

    /// parameters = "<" name ":" kind ["=" value] {"," …} ">"
    private mutating func parseParameters(of owner: String) throws(Failure) -> [Parameter] {
        try parseList(.less, .greater, "the parameters of \(owner)", isEmptyAllowed: false) { parser throws(Failure) in
            let name = try parser.expectName("a parameter")
            try parser.expect(.colon, "':' and the kind of \(name.text)")
            let kind = try parser.expectName("the kind of \(name.text)")
            let value = parser.consume(.assign) ? try parser.parseCompileTimeValue() : nil
            return Parameter(name: name, kind: kind, defaultValue: value)
        }
    }

    /// typedNames = "(" [name ":" type {"," …}] ")"
    private mutating func parseTypedNames(_ what: String) throws(Failure) -> [TypedName] {
        try parseList(.leftParenthesis, .rightParenthesis, what) { parser throws(Failure) in
            let name = try parser.expectName("one of \(what)")
            return try parser.parseTypedName(name)
        }
    }

    /// What follows a name: ":" type.
    mutating func parseTypedName(_ name: Name) throws(Failure) -> TypedName {
        try expect(.colon, "':' and the type of \(name.text)")
        return TypedName(name: name, type: try parseType())
    }

    /// type = name "[" [dimension {"," dimension}] "]"
    mutating func parseType() throws(Failure) -> TypeSyntax {
        let token = current
        guard token.kind == .identifier, continuesLine else { throw unexpected("a type, as f32[N, H, W, 3]") }
        advance()
        let element = Name(text(token), at: token.location)
        let dimensions = try parseList(.leftBracket, .rightBracket, "the dimensions of \(element.text)") {
            parser throws(Failure) in
            try parser.parseExpression()
        }
        return TypeSyntax(element: element, dimensions: dimensions, at: token.location)
    }

    // MARK: Lists and clauses

    /// list = open [element {"," element}] close, over any number of lines.
    mutating func parseList<Element>(
        _ open: Token.Kind, _ close: Token.Kind, _ what: String, isEmptyAllowed: Bool = true,
        element: (inout Parser) throws(Failure) -> Element
    ) throws(Failure) -> [Element] {
        let opened = try expect(open, "'\(Parser.spelling(open))' and \(what)")
        newlineInsensitivity += 1
        var elements: [Element] = []
        if current.kind != close || !isEmptyAllowed {
            repeat { elements.append(try element(&self)) } while consume(.comma)
        }
        newlineInsensitivity -= 1
        guard current.kind == close else {
            let notes =
                opened.line == tokens[index - 1].line
                ? [] : ["'\(Parser.spelling(open))' stands at \(opened.line):\(opened.column)"]
            if current.beginsOperand, !current.isFirstOnLine { throw unexpected("',' between \(what)", notes: notes) }
            throw unexpected("'\(Parser.spelling(close))' to close \(what)", notes: notes)
        }
        advance()
        return elements
    }

    private static func spelling(_ kind: Token.Kind) -> String {
        switch kind {
        case .less: "<"
        case .greater: ">"
        case .leftParenthesis: "("
        case .rightParenthesis: ")"
        case .leftBracket: "["
        case .rightBracket: "]"
        case .leftBrace: "{"
        default: "}"
        }
    }

    /// clause = keyword [value {"," value}], value = expression ["..<" expression]
    ///
    /// A name behind a keyword is its value, so that only a line's last clause can be without one.
    mutating func parseClause() throws(Failure) -> Clause {
        var clause = Clause(keyword: try expectName("a clause"), values: [])
        guard current.beginsOperand, continuesLine else { return clause }
        repeat { clause.values.append(try parseClauseValue()) } while consume(.comma)
        return clause
    }

    private mutating func parseClauseValue() throws(Failure) -> Expression {
        let lower = try parseExpression()
        let height = expressionHeight
        let token = current
        guard consume(.range) else { return lower }
        let upper = try parseExpression()
        expressionHeight = max(height, expressionHeight) + 1
        return Expression(.range(lower, upper), at: token.location)
    }
}
