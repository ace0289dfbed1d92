import Foundation
import GraphLanguage
import Testing

/// `Docs/Language.md` says what the parser and the elaborator do.
struct LanguageDocumentTests {
    private static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    private static func document() throws -> String {
        try String(contentsOf: root.appendingPathComponent("Docs/Language.md"), encoding: .utf8)
    }

    /// The model that the document begins with is canonical but for its one-line bodies.
    @Test func beginsWithAModel() throws {
        let document = try Self.document()
        let example = try #require(document.firstMatch(of: /```\n((?s).*?)```/)).output.1
        let tree = try Parser.parse(String(example))
        #expect(tree.declarations.map(\.keyword) == [.graph, .train, .predict])
    }

    /// Every code that the golden tests show has its line in the document.
    @Test func listsEveryCode() throws {
        let document = try Self.document()
        var codes: Set<Substring> = []
        for folder in ["Tests/Golden/SyntaxErrors", "Tests/Golden/Errors"] {
            let files = try FileManager.default.contentsOfDirectory(
                at: Self.root.appendingPathComponent(folder), includingPropertiesForKeys: nil)
            for file in files {
                let text = try String(contentsOf: file, encoding: .utf8)
                codes.formUnion(text.matches(of: /error\[([a-z-]+)\]/).map(\.output.1))
            }
        }
        #expect(codes.count >= 55)
        for code in codes { #expect(document.contains("| `\(code)` |"), "\(code)") }
    }
}
