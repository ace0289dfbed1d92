/// A name with words in braces, which stand for some characters without a point, or for a number that is known.
struct NamePattern: Hashable, Sendable {
    private var pieces: [Piece] = []

    private enum Piece: Hashable {
        case text(String)
        case word(String)
    }

    init(_ text: String) {
        var rest = text[...]
        while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
            if open > rest.startIndex { pieces.append(.text(String(rest[..<open]))) }
            pieces.append(.word(String(rest[rest.index(after: open)..<close])))
            rest = rest[rest.index(after: close)...]
        }
        if !rest.isEmpty { pieces.append(.text(String(rest))) }
    }

    var isEmpty: Bool { pieces.isEmpty }

    /// What the words in braces stand for in a name, or nil where the pattern is not that of the name.
    ///
    /// - Parameter numbers: words that stand for one number alone.
    func words(in name: String, _ numbers: [String: Double] = [:]) -> [String: String]? {
        var words: [String: String] = [:]
        var rest = name[...]
        for piece in pieces {
            switch piece {
            case .text(let text):
                guard rest.hasPrefix(text) else { return nil }
                rest = rest.dropFirst(text.count)
            case .word(let word):
                let found = rest.prefix { $0 != "." }
                guard !found.isEmpty, words.updateValue(String(found), forKey: word) == nil else { return nil }
                if let number = numbers[word], Double(found) != number { return nil }
                rest = rest.dropFirst(found.count)
            }
        }
        return rest.isEmpty ? words : nil
    }

    /// The name with what its words stand for.
    func name(_ words: [String: String]) -> String {
        pieces.map { piece in
            switch piece {
            case .text(let text): text
            case .word(let word): words[word] ?? "{\(word)}"
            }
        }.joined()
    }

    /// The name with the numbers that its words stand for.
    func name(_ numbers: [String: Double]) -> String {
        name(numbers.mapValues { Int(exactly: $0).map(String.init) ?? "\($0)" })
    }
}
