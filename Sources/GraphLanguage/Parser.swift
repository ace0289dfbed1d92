/// Reads a `.graph` file into its syntax tree. `Docs/Language.md` holds the grammar.
///
/// Reports all mistakes of a file in one run: after a mistake, parsing goes on with the next
/// statement. Files, nesting and reports are bounded by ``SyntaxLimits``.
public struct Parser {
    /// - Throws: every mistake of the text, at least one, in the order of their places.
    public static func parse(_ source: String) throws(Diagnostics) -> SourceFile {
        try parse(bytes: Array(source.utf8))
    }

    /// Reads a file's bytes, which need not be UTF-8: that is then the mistake.
    public static func parse(bytes: [UInt8]) throws(Diagnostics) -> SourceFile {
        let reading = read(bytes: bytes)
        guard reading.mistakes.isEmpty, let file = reading.file else { throw Diagnostics(reading.mistakes) }
        return file
    }

    /// What can be read of a file, and what cannot.
    public struct Reading: Sendable {
        /// The tree, in which ``Statement/Kind/unreadable(_:)`` stands for statements with mistakes; nil where mistakes
        /// lie between declarations, so that the others cannot be judged without them.
        public var file: SourceFile?
        /// In the order of their places.
        public var mistakes: [Diagnostic]
    }

    /// Reads as much of a file as can be, so that the meaning of the rest can be checked beside its mistakes.
    public static func read(bytes: [UInt8]) -> Reading {
        guard bytes.count <= SyntaxLimits.fileByteCount else {
            let mistake = Diagnostic(
                code: .fileTooLarge, "a file has at most \(SyntaxLimits.fileByteCount) bytes, this one \(bytes.count)",
                at: .none)
            return Reading(file: nil, mistakes: [mistake])
        }
        if let mistake = firstByteThatIsNotText(in: bytes) { return Reading(file: nil, mistakes: [mistake]) }
        var parser = Parser(bytes: bytes)
        let file = parser.parseFile()
        let isWhole = !parser.isFragmentary && !parser.isFull
        return Reading(file: isWhole ? file : nil, mistakes: parser.finishedDiagnostics())
    }

    let bytes: [UInt8]
    let tokens: [Token]
    let documentation: [Int: String]
    private(set) var diagnostics: [Diagnostic]
    /// Where the lexer found mistakes, in order.
    private let lexicalMistakes: [SourceLocation]
    /// Whether a mistake leaves open where declarations begin and end.
    var isFragmentary = false

    /// The token that is read next.
    var index = 0
    /// Open parentheses, brackets and headers, within which a line's end means nothing.
    var newlineInsensitivity = 0
    var statementDepth = 0
    var expressionDepth = 0
    /// The height of the tree of the expression that was parsed last.
    var expressionHeight = 0
    /// Where a missing `}` was reported, so that the bodies around do not report it again.
    var unclosedBodyIndex: Int?
    /// What ``closing(of:)`` looks up, made when the first statement cannot be read.
    private var closings: [Int32] = []

    private init(bytes: [UInt8]) {
        let lexer = Lexer(bytes)
        self.bytes = bytes
        tokens = lexer.tokens
        documentation = lexer.documentation
        diagnostics = lexer.diagnostics
        lexicalMistakes = lexer.diagnostics.map(\.location).sorted { $0.isBefore($1) }
    }

    private func finishedDiagnostics() -> [Diagnostic] {
        var sorted = diagnostics.sorted { $0.location.isBefore($1.location) }
        // Of two mistakes at one place, the first led to the second.
        var places: Set<[Int]> = []
        sorted.removeAll { !places.insert([$0.location.line, $0.location.column]).inserted }
        return sorted
    }

    // MARK: Tokens

    var current: Token { tokens[index] }

    func peek(_ distance: Int) -> Token { tokens[min(index + distance, tokens.count - 1)] }

    func text(_ token: Token) -> String {
        String(decoding: bytes[Int(token.start)..<Int(token.end)], as: UTF8.self)
    }

    /// Whether the current token belongs to the construct before it, as no line ended between them.
    var continuesLine: Bool { newlineInsensitivity > 0 || !current.isFirstOnLine }

    mutating func advance() {
        if index < tokens.count - 1 { index += 1 }
    }

    mutating func consume(_ kind: Token.Kind) -> Bool {
        guard current.kind == kind, continuesLine else { return false }
        advance()
        return true
    }

    /// Consumes a word that has meaning at this place only, as `where`.
    mutating func consume(word: String) -> Bool {
        guard current.kind == .identifier, continuesLine, text(current) == word else { return false }
        advance()
        return true
    }

    @discardableResult
    mutating func expect(_ kind: Token.Kind, _ expected: String) throws(Failure) -> Token {
        let token = current
        guard consume(kind) else { throw unexpected(expected) }
        return token
    }

    /// - Parameter what: what is named, as "the graph".
    mutating func expectName(_ what: String) throws(Failure) -> Name {
        let token = current
        if token.isReservedWord, continuesLine {
            throw failure(
                .reservedWord, "'\(text(token))' is a word of the language and cannot name \(what)", at: token.location)
        }
        try expect(.identifier, "a name for \(what)")
        return Name(text(token), at: token.location)
    }

    // MARK: Mistakes

    /// Ends the parsing of a statement or header.
    enum Failure: Error {
        case mistake(Diagnostic)
        /// The place of the mistake was reported by the lexer or before.
        case reported
    }

    /// Whether so many mistakes were found that reading on helps nobody.
    var isFull: Bool { diagnostics.count >= SyntaxLimits.diagnosticCount }

    mutating func record(_ failure: Failure) {
        if case .mistake(let diagnostic) = failure, !isFull { diagnostics.append(diagnostic) }
    }

    /// Whether the lexer found a mistake between a token and the current one.
    func holdsLexicalMistake(from start: Int) -> Bool {
        let first = tokens[start].location
        var low = 0
        var high = lexicalMistakes.count
        while low < high {
            let middle = (low + high) / 2
            if lexicalMistakes[middle].isBefore(first) { low = middle + 1 } else { high = middle }
        }
        guard low < lexicalMistakes.count else { return false }
        return current.kind == .endOfFile || lexicalMistakes[low].isBefore(current.location)
    }

    func failure(
        _ code: Diagnostic.Code, _ message: String, at location: SourceLocation, suggestion: String? = nil, notes: [String] = []
    ) -> Failure {
        .mistake(Diagnostic(code: code, message, at: location, suggestion: suggestion, notes: notes))
    }

    /// "expected ')' to close the operands of conv2d, found ';'", at the current token or, where
    /// the line ended too early, behind the last.
    func unexpected(_ expected: String, notes: [String] = []) -> Failure {
        let token = current
        switch token.kind {
        case .unknown:
            return .reported
        case .pathStart where continuesLine:
            return misplacedPath()
        case .range where continuesLine:
            return failure(
                .misplacedRange, "expected \(expected), found '..<'", at: token.location,
                notes: ["a range can only follow the 'in' of a repeat, or stand in a clause"])
        default:
            break
        }
        var notes = notes
        guard token.isFirstOnLine || token.kind == .endOfFile, index > 0 else {
            let shown = token.kind == .endOfFile ? "the end of the file" : "'\(clipped(text(token)))'"
            if token.kind == .semicolon { notes.append("a statement ends with its line, without ';'") }
            return failure(.unexpectedToken, "expected \(expected), found \(shown)", at: token.location, notes: notes)
        }
        let last = tokens[index - 1]
        if last.kind == .unknown { return .reported }
        if last.isBeforeComment {
            notes.append("'//' after a space begins a comment; floor division is written without the space, as H//2")
        }
        let end = token.kind == .endOfFile ? "file" : "line"
        return failure(
            .unexpectedToken, "expected \(expected), found the end of the \(end)", at: last.locationBehind, notes: notes)
    }

    func misplacedPath() -> Failure {
        failure(
            .misplacedPath, "a path belongs directly after the call that it names", at: current.location,
            notes: ["as in a + conv3x3<64>(h) @body.0"])
    }

    // MARK: Recovery

    /// Whether a declaration begins at a token: `graph edsr` at the beginning of a line.
    func beginsDeclaration(at index: Int) -> Bool {
        let token = tokens[index]
        guard token.kind == .identifier, token.isFirstOnLine, index + 1 < tokens.count,
            tokens[index + 1].kind == .identifier, !tokens[index + 1].isFirstOnLine
        else { return false }
        return Declaration.Keyword(rawValue: text(token)) != nil
    }

    /// Skips the rest of a statement that could not be read.
    ///
    /// Stops at the next line that begins outside the brackets that the statement opened, or at the
    /// `}` that closes the body around it.
    mutating func recover(from start: Int) {
        newlineInsensitivity = 0
        if index == start { advance() }
        var opened: [Int] = []
        for place in start..<index {
            switch tokens[place].kind {
            case .leftParenthesis, .leftBracket: opened.append(place)
            case .rightParenthesis, .rightBracket: _ = opened.popLast()
            default: break
            }
        }
        if let outermost = opened.first, let end = closing(of: outermost) { index = end + 1 }
        // The '}' of a set that the statement opened closes no body.
        let braces = tokens[start..<index].reduce(0) { sum, token in
            sum + (token.kind == .leftBrace ? 1 : token.kind == .rightBrace ? -1 : 0)
        }
        if braces > 0, let end = tokens[index...].firstIndex(where: { $0.isFirstOnLine || $0.kind == .rightBrace }),
            tokens[end].kind == .rightBrace, !tokens[end].isFirstOnLine
        {
            index = end + 1
        }
        while current.kind != .endOfFile, current.kind != .rightBrace, !beginsDeclaration(at: index) {
            if current.isFirstOnLine, index > start, current.kind != .else { return }
            if current.kind == .leftBrace { skipBraces() } else { advance() }
        }
    }

    /// Where a bracket is closed, if that is before any brace and declaration.
    private mutating func closing(of opened: Int) -> Int? {
        if closings.isEmpty { closings = matchedBrackets() }
        let place = Int(closings[opened])
        return place >= 0 ? place : nil
    }

    /// For each bracket that opens, the place of the one that closes it; -1 for all other tokens.
    private func matchedBrackets() -> [Int32] {
        var closings = [Int32](repeating: -1, count: tokens.count)
        var open: [Int] = []
        for place in tokens.indices {
            switch tokens[place].kind {
            case .leftParenthesis, .leftBracket: open.append(place)
            case .rightParenthesis, .rightBracket: if let opened = open.popLast() { closings[opened] = Int32(place) }
            case .leftBrace, .rightBrace: open.removeAll(keepingCapacity: true)
            default: if beginsDeclaration(at: place) { open.removeAll(keepingCapacity: true) }
            }
        }
        return closings
    }

    /// Skips `{ … }`, or to the next declaration where the brace is never closed.
    private mutating func skipBraces() {
        var depth = 0
        repeat {
            if current.kind == .leftBrace { depth += 1 }
            if current.kind == .rightBrace { depth -= 1 }
            advance()
        } while depth > 0 && current.kind != .endOfFile && !beginsDeclaration(at: index)
    }

    /// Records a mistake in a header and goes on at the body, so that its mistakes are found too.
    ///
    /// - Throws: the mistake again, where no body follows.
    mutating func recoverHeader(_ mistake: Failure, acrossLines: Bool) throws(Failure) {
        var place = index
        while acrossLines || place == index || !tokens[place].isFirstOnLine {
            let kind = tokens[place].kind
            if kind == .leftBrace, place > 0, tokens[place - 1].kind != .in {
                record(mistake)
                index = place
                return
            }
            if kind == .endOfFile || kind == .rightBrace && !isSetEnd(place) || beginsDeclaration(at: place) { break }
            place += 1
        }
        throw mistake
    }

    /// Whether a `}` closes a set: no statement stands between `in {` and it.
    private func isSetEnd(_ place: Int) -> Bool {
        var place = place - 1
        while place > 0, tokens[place].kind != .leftBrace, tokens[place].kind != .rightBrace { place -= 1 }
        return place > 0 && tokens[place].kind == .leftBrace && tokens[place - 1].kind == .in
    }

    // MARK: Text

    /// Finds the first place where the file is not UTF-8 or holds a NUL.
    private static func firstByteThatIsNotText(in bytes: [UInt8]) -> Diagnostic? {
        if String(validating: bytes, as: UTF8.self) != nil, !bytes.contains(0) { return nil }
        var line = 1
        var column = 1
        var position = 0
        var decoder = Unicode.UTF8.ForwardParser()
        var iterator = bytes.makeIterator()
        while case .valid(let scalar) = decoder.parseScalar(from: &iterator), bytes[position] != 0 {
            position += scalar.count
            column += 1
            if bytes[position - scalar.count] == UInt8(ascii: "\n") {
                line += 1
                column = 1
            }
        }
        let hexadecimal = String(bytes[position], radix: 16, uppercase: true)
        return Diagnostic(
            code: .notText, "the file is not UTF-8 text: byte 0x\(hexadecimal.count == 1 ? "0" : "")\(hexadecimal)",
            at: SourceLocation(line: line, column: column))
    }
}
