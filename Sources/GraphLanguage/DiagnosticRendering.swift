extension Diagnostic {
    /// The mistake with the source line it is in, as people read it. See ``Diagnostic``.
    ///
    /// - Parameters:
    ///   - file: the file's name, as given on the command line.
    ///   - source: the file's whole text.
    ///   - option: the option that gives a parameter its value, where there is one.
    public func rendered(file: String, source: String, option: String? = nil) -> String {
        rendered(file: file, lines: SourceLines(source), option: option)
    }

    func rendered(file: String, lines: SourceLines, option: String?) -> String {
        let place = location == .none ? file : "\(file):\(location.line):\(location.column)"
        var output = ["\(place): error[\(code.rawValue)]: \(message)"]
        if location != .none, let line = lines[location.line] { output += excerpt(of: line) }
        switch (expected, found) {
        case (let expected?, let found?): output += ["expected \(expected)", "found    \(found)"]
        case (let expected?, nil): output.append("expected \(expected)")
        case (nil, let found?): output.append("found \(found)")
        case (nil, nil): break
        }
        if let suggestion { output.append("did you mean '\(suggestion)'?") }
        if let missingParameter { output.append("give it \(option.map { "with \($0)" } ?? "as") \(missingParameter)=VALUE") }
        output += notes
        return output.joined(separator: "\n  ")
    }

    /// The source line without its indentation, and carets below the mistake.
    ///
    /// Of a very long line, the part around the mistake is shown.
    private func excerpt(of line: String) -> [String] {
        let characters = Array(line)
        let indentation = characters.prefix { $0 == " " || $0 == "\t" }.count
        let caret = min(max(location.column - 1, 0), characters.count)
        let end = min(caret + max(location.length, 1), max(characters.count, caret + 1))
        var shown = min(indentation, caret)..<characters.count
        if shown.count > DisplayText.longestLine {
            let start = max(shown.lowerBound, caret - DisplayText.longestLine / 3)
            shown = start..<min(start + DisplayText.longestLine, characters.count)
        }
        let start = shown.lowerBound > indentation ? "…" : ""
        let text = start + DisplayText.printable(characters[shown]) + (shown.upperBound < characters.count ? "…" : "")
        let before = DisplayText.width(start + DisplayText.printable(characters[shown.lowerBound..<caret]))
        let underlined = characters[min(caret, shown.upperBound)..<min(end, shown.upperBound)]
        let carets = max(1, DisplayText.width(DisplayText.printable(underlined)))
        return [text, String(repeating: " ", count: before) + String(repeating: "^", count: carets)]
    }
}

extension Diagnostics {
    /// The mistakes one below the other, as many as people read, and a last line with their number.
    ///
    /// - Parameter option: the option that gives a parameter its value, where there is one.
    public func rendered(file: String, source: String, option: String? = nil) -> String {
        let lines = SourceLines(source)
        let shown = all.prefix(SyntaxLimits.shownDiagnosticCount)
        let bound = all.count < SyntaxLimits.diagnosticCount ? "" : "at least "
        let rest = shown.count < all.count ? ["… and \(bound)\(all.count - shown.count) more"] : []
        let count = all.count == 1 ? "1 error" : "\(bound)\(all.count) errors"
        return (shown.map { $0.rendered(file: file, lines: lines, option: option) } + rest + [count]).joined(separator: "\n")
    }
}

/// The lines of a text, found by number.
struct SourceLines {
    private let bytes: [UInt8]
    /// Where each line begins.
    private let starts: [Int]
    /// In bytes.
    private static let longestLine = 10_000

    init(_ text: String) {
        let bytes = Array(text.utf8)
        self.bytes = bytes
        starts = [0] + bytes.indices.filter { bytes[$0] == UInt8(ascii: "\n") }.map { $0 + 1 }
    }

    /// A line, counted from 1, without its end; nil where the text has no such line or it is too long for people.
    subscript(_ number: Int) -> String? {
        guard starts.indices.contains(number - 1) else { return nil }
        let start = starts[number - 1]
        var end = number < starts.count ? starts[number] - 1 : bytes.count
        if end > start, bytes[end - 1] == UInt8(ascii: "\r") { end -= 1 }
        guard end - start <= SourceLines.longestLine else { return nil }
        return String(decoding: bytes[start..<end], as: UTF8.self)
    }
}

/// How text takes its place on a terminal.
enum DisplayText {
    /// Characters of a source line that are shown.
    static let longestLine = 120

    /// Tabs become four spaces; other control characters, which could steer a terminal, a replacement.
    static func printable(_ characters: some Sequence<Character>) -> String {
        characters.reduce(into: "") { text, character in
            if character == "\t" {
                text += "    "
            } else if character.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) {
                text += "\u{FFFD}"
            } else {
                text.append(character)
            }
        }
    }

    /// Columns on a terminal: East Asian wide characters and emoji take two.
    static func width(_ text: String) -> Int {
        text.reduce(0) { sum, character in sum + (isWide(character) ? 2 : 1) }
    }

    private static func isWide(_ character: Character) -> Bool {
        guard let scalar = character.unicodeScalars.first else { return false }
        return switch scalar.value {
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF,
            0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1FAFF, 0x20000...0x3FFFD:
            true
        default: false
        }
    }
}
