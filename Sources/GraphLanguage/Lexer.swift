/// Cuts a source file into tokens.
///
/// `//` is a floor division when it stands directly behind an operand, as in `H//2`, `(H + 1)//2`;
/// everywhere else it begins a comment. A line that begins with `///` is documentation.
struct Lexer {
    private let bytes: [UInt8]
    /// Whether each byte is a character, as in all that the compiler writes.
    private let isASCII: Bool
    private var position = 0
    private var line = 1
    private var isFirstOnLine = true
    private var isInsideInterpolation = false
    /// The column at `markPosition`: columns count characters, and are counted from here on.
    private var markPosition = 0
    private var markColumn = 1

    private(set) var tokens: [Token] = []
    /// The text of `///` by line, without the slashes and one space.
    private(set) var documentation: [Int: String] = [:]
    private(set) var diagnostics: [Diagnostic] = []

    /// - Requires: `bytes` are UTF-8 and no more than ``SyntaxLimits/fileByteCount``.
    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        isASCII = bytes.allSatisfy { $0 < 0x80 }
        tokens.reserveCapacity(bytes.count / 4 + 1)
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) {
            // A byte order mark is no text.
            position = 3
            markPosition = 3
        }
        while skipBlank() { lexToken() }
        add(.endOfFile, from: position)
    }

    // MARK: Blank space and comments

    /// Moves to the next token's first byte; false at the end of the file.
    private mutating func skipBlank() -> Bool {
        while position < bytes.count {
            switch bytes[position] {
            case .newline: beginLine()
            case .space, .tab, .carriageReturn: position += 1
            case .slash where peek(1) == .slash && !continuesOperand: skipComment()
            default: return true
            }
        }
        return false
    }

    private mutating func beginLine() {
        position += 1
        line += 1
        isFirstOnLine = true
        markPosition = position
        markColumn = 1
    }

    /// Whether the token before this place can be divided and touches it.
    private var continuesOperand: Bool {
        guard let last = tokens.last else { return false }
        return last.end == position && last.endsOperand
    }

    private mutating func skipComment() {
        let start = position
        while position < bytes.count, bytes[position] != .newline { position += 1 }
        if isFirstOnLine {
            if start + 2 < position, bytes[start + 2] == .slash {
                documentation[line] = trimmed(start + 3, position)
            }
            return
        }
        let last = tokens.count - 1
        tokens[last].isBeforeComment = true
        // `h = H // 2` would otherwise be a silent mistake.
        let text = trimmed(start + 2, position)
        if tokens[last].endsOperand, !text.isEmpty, text.utf8.allSatisfy(\.isDigit) {
            report(
                .ambiguousComment, "'// \(clipped(text))' is a comment here, because a space stands before it", from: start,
                notes: ["write floor division without the space, as H//2, or say more in the comment"])
        }
    }

    /// The text without one leading space and without blank space at its end.
    private func trimmed(_ start: Int, _ end: Int) -> String {
        var start = start
        var end = end
        if start < end, bytes[start] == .space { start += 1 }
        while end > start, [.space, .tab, .carriageReturn].contains(bytes[end - 1]) { end -= 1 }
        return text(start, end)
    }

    // MARK: Tokens

    private mutating func lexToken() {
        let byte = bytes[position]
        if byte.isLetter { return lexName() }
        if byte.isDigit { return lexNumber() }
        if byte == .at { return lexPath() }
        if let (kind, length) = mark(byte, peek(1), peek(2)) {
            position += length
            return add(kind, from: position - length)
        }
        lexUnknown()
    }

    /// The mark that begins with these three bytes, and how many of them it takes.
    private func mark(_ first: UInt8, _ second: UInt8, _ third: UInt8) -> (Token.Kind, Int)? {
        switch (Unicode.Scalar(first), Unicode.Scalar(second)) {
        case ("(", _): (.leftParenthesis, 1)
        case (")", _): (.rightParenthesis, 1)
        case ("[", _): (.leftBracket, 1)
        case ("]", _): (.rightBracket, 1)
        case ("{", _): (.leftBrace, 1)
        case ("}", _): (.rightBrace, 1)
        case (",", _): (.comma, 1)
        case (":", _): (.colon, 1)
        case (";", _): (.semicolon, 1)
        case ("~", _): (.tilde, 1)
        case ("+", _): (.plus, 1)
        case ("*", _): (.star, 1)
        case ("-", ">"): (.arrow, 2)
        case ("-", _): (.minus, 1)
        case ("/", "/"): (.floorDivide, 2)
        case ("/", _): (.slash, 1)
        case ("=", "="): (.equal, 2)
        case ("=", _): (.assign, 1)
        case ("!", "="): (.notEqual, 2)
        case ("!", _): (.not, 1)
        case ("<", "="): (.lessOrEqual, 2)
        case ("<", _): (.less, 1)
        case (">", "="): (.greaterOrEqual, 2)
        case (">", _): (.greater, 1)
        case ("&", "&"): (.and, 2)
        case ("|", "|"): (.or, 2)
        case (".", ".") where third == UInt8(ascii: "<"): (.range, 3)
        default: nil
        }
    }

    private mutating func lexName() {
        let start = position
        while peek(0).isNamePart { position += 1 }
        if position - start > SyntaxLimits.nameLength {
            report(.nameTooLong, "a name has at most \(SyntaxLimits.nameLength) characters", from: start)
        }
        let isShort = position - start <= 6
        add(isShort ? Token.reservedWords[text(start, position)] ?? .identifier : .identifier, from: start)
    }

    private mutating func lexNumber() {
        let start = position
        var kind = Token.Kind.integer
        while peek(0).isDigit { position += 1 }
        let wholeEnd = position
        if peek(0) == .dot, peek(1).isDigit {
            kind = .float
            position += 1
            while peek(0).isDigit { position += 1 }
        }
        if peek(0) | 0x20 == .e {
            let signLength = peek(1) == .plus || peek(1) == .minus ? 1 : 0
            if peek(1 + signLength).isDigit {
                kind = .float
                position += 1 + signLength
                while peek(0).isDigit { position += 1 }
            }
        }
        if peek(0).isNamePart {
            let nameStart = position
            while peek(0).isNamePart { position += 1 }
            let isProduct =
                nameStart == wholeEnd && bytes[nameStart] | 0x20 != .e && bytes[nameStart..<position].allSatisfy(\.isLetter)
            report(
                .malformedNumber, "'\(clipped(text(start, position)))' is not a number", from: start,
                notes: isProduct
                    ? [
                        "a product is written with '*', as \(clipped(text(start, nameStart)))*\(clipped(text(nameStart, position)))"
                    ]
                    : [])
            kind = .malformedNumber
        } else if peek(0) == .dot, peek(1) != .dot {
            position += 1
            while peek(0).isNamePart { position += 1 }
            report(.malformedNumber, "a digit must follow the point in '\(clipped(text(start, position)))'", from: start)
            kind = .malformedNumber
        }
        add(kind, from: start)
    }

    /// A run of characters that mean nothing, reported once.
    private mutating func lexUnknown() {
        let start = position
        if bytes[position] >= 0x80 {
            while peek(0) >= 0x80 { position += 1 }
        } else {
            while position < bytes.count, bytes[position] == bytes[start] { position += 1 }
        }
        let character = text(start, position).first ?? " "
        let shown: String
        if let scalar = character.unicodeScalars.first, !scalar.properties.isGraphemeBase || scalar.properties.isWhitespace {
            shown =
                "U+" + String(repeating: "0", count: max(0, 4 - String(scalar.value, radix: 16).count))
                + String(scalar.value, radix: 16, uppercase: true)
        } else {
            shown = "'\(character)'"
        }
        let note: String? =
            switch character {
            case "#": "a comment begins with //"
            case ".": position - start > 1 ? "a range is written as 0..<4" : nil
            case "&": "the logical and is written &&"
            case "|": "the logical or is written ||"
            case "%": "there is no remainder; a - a//b*b is the same"
            case "\"", "'": "names and words are written without quotes"
            default: nil
            }
        report(
            .unknownCharacter, "the language has no character \(shown)", from: start,
            notes: note.map { [$0] } ?? [])
        add(.unknown, from: start)
    }

    // MARK: Paths

    /// `@body.{i}.0`, up to the first character that no path holds.
    private mutating func lexPath() {
        let start = position
        position += 1
        guard !isInsideInterpolation else {
            report(.malformedPath, "a path cannot hold another path", from: start)
            return add(.unknown, from: start)
        }
        add(.pathStart, from: start)
        var isWellFormed = true
        /// Whether a part, between two dots, still has no character.
        var isPartEmpty = true
        while true {
            if peek(0) == .leftBrace {
                lexInterpolation()
                isPartEmpty = false
            } else if isPathText {
                let textStart = position
                while isPathText {
                    if peek(0) == .dot, isPartEmpty { isWellFormed = false }
                    isPartEmpty = peek(0) == .dot
                    position += 1
                }
                add(.pathText, from: textStart)
                if position - textStart > SyntaxLimits.pathLength {
                    report(.nameTooLong, "a path's text has at most \(SyntaxLimits.pathLength) characters", from: start)
                }
            } else {
                break
            }
        }
        if !isWellFormed || isPartEmpty {
            report(
                .malformedPath, "every part of a path needs a name or a number", from: start,
                notes: ["a path is written as @body.0 or @body.{i}.last"])
        }
        add(.pathEnd, from: position)
    }

    /// A range may follow a path: `..<` is no part of it.
    private var isPathText: Bool {
        peek(0).isNamePart || peek(0) == .dot && !(peek(1) == .dot && peek(2) == UInt8(ascii: "<"))
    }

    /// The tokens between `{` and the matching `}` of the same line.
    private mutating func lexInterpolation() {
        let start = position
        position += 1
        add(.pathOpen, from: start)
        isInsideInterpolation = true
        defer { isInsideInterpolation = false }
        var depth = 0
        while position < bytes.count {
            while [.space, .tab, .carriageReturn].contains(peek(0)) { position += 1 }
            guard position < bytes.count, bytes[position] != .newline else { break }
            if bytes[position] == .rightBrace, depth == 0 {
                position += 1
                return add(.pathClose, from: position - 1)
            }
            if bytes[position] == .leftBrace { depth += 1 }
            if bytes[position] == .rightBrace { depth -= 1 }
            lexToken()
        }
        report(.malformedPath, "expected '}' to close the '{' of a path on the same line", from: start)
        // An unknown token keeps the parser from reporting the same place again.
        add(.unknown, from: position)
    }

    // MARK: Places

    private func peek(_ distance: Int) -> UInt8 {
        position + distance < bytes.count ? bytes[position + distance] : 0
    }

    private func text(_ start: Int, _ end: Int) -> String {
        String(decoding: bytes[start..<end], as: UTF8.self)
    }

    private mutating func add(_ kind: Token.Kind, from start: Int) {
        let place = location(from: start)
        tokens.append(
            Token(
                kind: kind, isFirstOnLine: isFirstOnLine,
                isGlued: !isFirstOnLine && tokens.last.map { Int($0.end) == start } ?? false,
                start: Int32(start), end: Int32(position), line: Int32(line), column: Int32(place.column),
                length: Int32(place.length)))
        isFirstOnLine = false
    }

    private mutating func report(_ code: Diagnostic.Code, _ message: String, from start: Int, notes: [String] = []) {
        guard diagnostics.count < SyntaxLimits.diagnosticCount else { return }
        diagnostics.append(Diagnostic(code: code, message, at: location(from: start), notes: notes))
    }

    /// The place of the bytes from `start` to here.
    private mutating func location(from start: Int) -> SourceLocation {
        if start >= markPosition {
            markColumn += characterCount(markPosition, start)
            markPosition = start
            return SourceLocation(line: line, column: markColumn, length: characterCount(start, position))
        }
        return SourceLocation(
            line: line, column: markColumn - characterCount(start, markPosition), length: characterCount(start, position))
    }

    private func characterCount(_ start: Int, _ end: Int) -> Int {
        if isASCII { return end - start }
        let slice = bytes[start..<end]
        return slice.allSatisfy { $0 < 0x80 } ? slice.count : String(decoding: slice, as: UTF8.self).count
    }
}

/// A piece of source as messages show it: at most 40 characters.
func clipped(_ text: String) -> String {
    text.utf8.count <= 40 ? text : String(text.prefix(39)) + "…"
}

extension UInt8 {
    fileprivate static let newline = UInt8(ascii: "\n")
    fileprivate static let carriageReturn = UInt8(ascii: "\r")
    fileprivate static let space = UInt8(ascii: " ")
    fileprivate static let tab = UInt8(ascii: "\t")
    fileprivate static let slash = UInt8(ascii: "/")
    fileprivate static let at = UInt8(ascii: "@")
    fileprivate static let dot = UInt8(ascii: ".")
    fileprivate static let plus = UInt8(ascii: "+")
    fileprivate static let minus = UInt8(ascii: "-")
    fileprivate static let e = UInt8(ascii: "e")
    fileprivate static let leftBrace = UInt8(ascii: "{")
    fileprivate static let rightBrace = UInt8(ascii: "}")

    fileprivate var isDigit: Bool { self &- 0x30 < 10 }
    /// `_` counts as one.
    fileprivate var isLetter: Bool { (self | 0x20) &- 0x61 < 26 || self == UInt8(ascii: "_") }
    fileprivate var isNamePart: Bool { isLetter || isDigit }
}
