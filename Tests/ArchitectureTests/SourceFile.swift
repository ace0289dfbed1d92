import Foundation
import Testing

/// A file of `Sources`, read for what its code names.
struct SourceFile: Sendable {
    var path: String
    /// The folder of `Sources` that it lies in.
    var room: String
    /// Lines by number, from 1, without comments.
    var code: [(number: Int, line: String)]
    var imports: [String]

    /// Every Swift file of the sources.
    static func all() throws -> [SourceFile] { try files.get() }

    /// Read once: tests of every op look at them.
    private static let files = Result { try readAll() }

    private static func readAll() throws -> [SourceFile] {
        let sources = root.appendingPathComponent("Sources")
        let paths = try #require(FileManager.default.subpaths(atPath: sources.path))
        let files = try paths.filter { $0.hasSuffix(".swift") }.sorted().map { path in
            let text = try String(contentsOf: sources.appendingPathComponent(path), encoding: .utf8)
            return SourceFile(path: path, text: text)
        }
        #expect(files.count > 100, "the sources are found")
        return files
    }

    /// A page of `Docs`.
    static func document(_ name: String) throws -> String {
        try String(contentsOf: root.appendingPathComponent("Docs/\(name)"), encoding: .utf8)
    }

    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../..").standardizedFileURL
}

extension SourceFile {
    private init(path: String, text: String) {
        self.path = path
        room = String(path.prefix { $0 != "/" })
        code = text.split(separator: "\n", omittingEmptySubsequences: false).enumerated().compactMap { index, line in
            let code = line.prefix(upTo: Self.endOfCode(line))
            return code.allSatisfy(\.isWhitespace) ? nil : (index + 1, String(code))
        }
        imports = code.compactMap { _, line in
            let words = line.split(separator: " ")
            guard let keyword = words.firstIndex(of: "import"), words[..<keyword].allSatisfy(Self.isModifier) else { return nil }
            let names = words[(keyword + 1)...].filter { !Self.kinds.contains($0) }
            return names.first.map { String($0.prefix { $0 != "." }) }
        }
    }

    /// Where a comment begins.
    private static func endOfCode(_ line: Substring) -> Substring.Index {
        var last: Character = " "
        for index in line.indices {
            if line[index] == "/", last == "/" { return line.index(before: index) }
            last = line[index]
        }
        return line.endIndex
    }

    private static let kinds: Set<Substring> = ["struct", "class", "enum", "protocol", "func", "typealias"]

    private static func isModifier(_ word: Substring) -> Bool {
        word.hasPrefix("@") || ["public", "internal", "private", "fileprivate", "package"].contains(word)
    }
}
