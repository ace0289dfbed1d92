import Foundation
import Testing

/// `Docs/Language.md` says what the parser does.
struct LanguageDocumentTests {
    private static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// Every code that the golden tests show has its line in the document.
    @Test func listsEveryCode() throws {
        let document = try String(contentsOf: Self.root.appendingPathComponent("Docs/Language.md"), encoding: .utf8)
        let folder = Self.root.appendingPathComponent("Tests/Golden/SyntaxErrors")
        var codes: Set<Substring> = []
        for file in try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil) {
            let text = try String(contentsOf: file, encoding: .utf8)
            codes.formUnion(text.matches(of: /error\[([a-z-]+)\]/).map(\.output.1))
        }
        #expect(codes.count >= 15)
        for code in codes { #expect(document.contains("| `\(code)` |"), "\(code)") }
    }
}
