import GraphIR
import GraphLanguage

/// Makes names of the language from names of files, which may hold anything.
struct NameMaker {
    private var takenPaths: Set<String> = []
    /// Of a name that several weights would have, the number of the next.
    private var nextSuffix: [String: Int] = [:]

    /// A path for a weight, unlike all before: the name as it is, where the language can have it.
    mutating func path(for name: String) -> String {
        var pieces: [String] = []
        for part in name.split(whereSeparator: { $0 == "." || $0 == "/" || $0 == ":" }) {
            let piece = Self.word(part)
            // A number is a piece of its own; what only begins with one is not.
            let isNumber = piece.allSatisfy { $0.isNumber }
            pieces.append(!isNumber && piece.first!.isNumber ? "_\(piece)" : piece)
        }
        if pieces.isEmpty { pieces = ["weight"] }
        var base = String(pieces.joined(separator: ".").prefix(900))
        if base.hasSuffix(".") { base.removeLast() }
        if TrainingStates.contain(base) { base += "_" }
        var path = base
        while !takenPaths.insert(path).inserted {
            let suffix = nextSuffix[base, default: 1]
            path = "\(base)_\(suffix)"
            nextSuffix[base] = suffix + 1
        }
        return path
    }

    /// A name for a value or a graph.
    static func valueName(_ name: String) -> String {
        let known = sizeName(name)
        return isSizeOfImages(known) ? "\(known)_" : known
    }

    /// Whether sizes of inputs without names of their own are called so: `N`, `C`, `H`, `W` and `D0`.
    private static func isSizeOfImages(_ name: String) -> Bool {
        ["N", "C", "H", "W"].contains(name) || name.first == "D" && name.count > 1 && name.dropFirst().allSatisfy(\.isNumber)
    }

    /// A name for a size, which no value has.
    static func sizeName(_ name: String) -> String {
        // What PyTorch puts around the names of values.
        var text = name[...]
        while text.hasPrefix("/") || text.hasPrefix(".") { text = text.dropFirst() }
        if text.hasSuffix("_output_0") { text = text.dropLast("_output_0".count) }
        let word = word(text)
        let known = word.first!.isNumber ? "v\(word)" : word
        // A temporary's name would be written where it is used.
        return reserved.contains(known) || TemporaryNames.contain(known)
            ? "\(known)_" : String(known.prefix(SyntaxLimits.nameLength - 20))
    }

    private static let reserved: Set = ["carry", "else", "false", "if", "in", "repeat", "true"]

    /// Letters, digits and `_` alone, at least one.
    private static func word(_ text: Substring) -> String {
        let word = String(text.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
        return word.isEmpty ? "_" : word
    }
}
