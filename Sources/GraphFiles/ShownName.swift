import SystemPackage

// Names as people read them. What a file is called is for whoever named it to say, and no message may be torn, coloured or
// turned round by it.

extension FilePath {
    /// Printable text as it is; bytes that are no UTF-8 as `\xe9`, control characters as `\n` or `\x1b`, others that cannot be
    /// seen as `\u{202e}`, and so is a mark that would join what stands before the name or a component of it.
    package var shown: String { shownName(bytes) }
}

extension FilePath.Component {
    /// See ``FilePath/shown``.
    package var shown: String { shownName(bytes) }
}

extension String {
    /// What a file says of itself, as its path would be shown; see ``FilePath/shown``.
    package var shown: String { shownName(Array(utf8)) }
}

extension Sequence<FilePath> {
    /// All of them, between commas.
    package var shown: String { map(\.shown).joined(separator: ", ") }
}

extension DefaultStringInterpolation {
    /// A path in a text is shown so that it cannot harm it: a text is no way to make another path.
    package mutating func appendInterpolation(_ path: FilePath) { appendLiteral(path.shown) }

    /// A name in a text is shown so that it cannot harm it.
    package mutating func appendInterpolation(_ name: FilePath.Component) { appendLiteral(name.shown) }
}

/// See ``FilePath/shown``.
package func shownName(_ bytes: [UInt8]) -> String {
    if bytes.allSatisfy({ 0x20..<0x7F ~= $0 }) { return String(decoding: bytes, as: UTF8.self) }
    var shown = ""
    // A mark at the beginning would join what a message says before; one behind an escape would join that.
    var isApart = true
    for part in NamePart.parts(of: bytes) {
        switch part {
        case .scalar(let scalar) where scalar.isSeen && !(isApart && scalar.joinsWhatIsBefore):
            shown.unicodeScalars.append(scalar)
            isApart = scalar == "/"
        case .scalar(let scalar):
            shown += escape(scalar)
            isApart = true
        case .byte(let byte):
            shown += "\\x" + hexadecimal(UInt32(byte))
            isApart = true
        }
    }
    return shown
}

extension Unicode.Scalar {
    /// Whether it makes one character with a letter before it, as a combining mark does.
    package var joinsWhatIsBefore: Bool { !isASCII && "a\(self)".count == 1 }

    fileprivate var isSeen: Bool {
        switch properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator: false
        // The joiners are parts of words and of emoji; others turn the text round, or are nothing at all.
        case .format: self == "\u{200C}" || self == "\u{200D}"
        default: !ByteScalars.contains(self)
        }
    }
}

private func escape(_ scalar: Unicode.Scalar) -> String {
    switch scalar {
    case "\n": "\\n"
    case "\r": "\\r"
    case "\t": "\\t"
    case _ where scalar.isASCII: "\\x" + hexadecimal(scalar.value)
    default: "\\u{\(hexadecimal(scalar.value))}"
    }
}

private func hexadecimal(_ number: UInt32) -> String { (number < 16 ? "0" : "") + String(number, radix: 16) }
