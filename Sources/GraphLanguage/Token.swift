/// One word or mark of a source file. Its text is looked up in the file's bytes.
struct Token {
    enum Kind: UInt8 {
        case identifier, integer, float
        /// Reported by the lexer already; stands for a number.
        case malformedNumber
        case `true`, `false`, `in`, `if`, `else`, `repeat`, carry
        case leftParenthesis, rightParenthesis, leftBracket, rightBracket, leftBrace, rightBrace
        case comma, colon, semicolon, tilde, assign, arrow, range
        case plus, minus, star, slash, floorDivide
        case equal, notEqual, less, lessOrEqual, greater, greaterOrEqual
        case and, or, not
        /// `@up.{k}.0` is pathStart, pathText `up.`, pathOpen, the tokens of `k`, pathClose, pathText `.0`, pathEnd.
        case pathStart, pathText, pathOpen, pathClose, pathEnd
        /// Characters that mean nothing; reported by the lexer already.
        case unknown
        case endOfFile
    }

    var kind: Kind
    /// No other token stands before it on its line.
    var isFirstOnLine: Bool
    /// Nothing stands between it and the token before it, not even a space.
    var isGlued: Bool
    /// A comment begins behind it on the same line.
    var isBeforeComment = false
    /// Byte offsets.
    var start: Int32
    var end: Int32
    var line: Int32
    var column: Int32
    /// In characters.
    var length: Int32

    var location: SourceLocation {
        SourceLocation(line: Int(line), column: Int(column), length: max(1, Int(length)))
    }

    /// Directly behind its last character, where something is missing.
    var locationBehind: SourceLocation {
        SourceLocation(line: Int(line), column: Int(column + length))
    }

    /// Whether a value can end with this token, so that `//` glued to it is a division.
    var endsOperand: Bool {
        switch kind {
        case .identifier, .integer, .float, .malformedNumber, .true, .false,
            .rightParenthesis, .rightBracket, .pathEnd:
            true
        default: false
        }
    }

    /// Whether a value can begin with this token.
    var beginsOperand: Bool {
        switch kind {
        case .identifier, .integer, .float, .malformedNumber, .true, .false,
            .leftParenthesis, .leftBracket, .minus, .not:
            true
        default: false
        }
    }

    var isReservedWord: Bool {
        switch kind {
        case .true, .false, .in, .if, .else, .repeat, .carry: true
        default: false
        }
    }

    static let reservedWords: [String: Kind] = [
        "true": .true, "false": .false, "in": .in, "if": .if, "else": .else, "repeat": .repeat, "carry": .carry,
    ]
}
