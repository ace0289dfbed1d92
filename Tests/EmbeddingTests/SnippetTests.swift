import Foundation
import Testing

/// What documents show of programs stands in the examples, which are run.
struct SnippetTests {
    private static let examples = [
        "Sources/EnlargePicture/main.swift", "Sources/GraphToSession/main.swift", "Sources/TrainAndEnlarge/main.swift",
        "C/enlarge.c", "C/arrays.c", "Python/enlarge.py",
    ]

    @Test(arguments: [("Docs/Embedding.md", 4), ("Python/README.md", 1)])
    func everySnippetIsOfAnExample(_ document: String, count: Int) throws {
        let examples = try Self.examples.map { try Place.text("Docs/Examples/\($0)") }
        let snippets = try Place.text(document).matches(of: /```(?:swift|c|python)\n((?:.|\n)*?)```/).map(\.1)
        #expect(snippets.count == count)
        for snippet in snippets { #expect(examples.contains { $0.contains(snippet) }, "\(snippet)") }
    }

    /// README's snippet is an example, and its dependency names the version; `Tools/check/dependency-by-version` builds with it.
    @Test func readmeShowsAnExample() throws {
        let readme = try Place.text("README.md")
        #expect(readme.contains("```swift\n" + (try Place.text("Docs/Examples/Sources/EnlargePicture/main.swift")) + "```\n"))
        let version = String(cString: try CLibrary().version())
        #expect(readme.contains(#"dependencies: [.package(url: "…/graphc", from: "\#(version)")],"#))
        #expect(try Place.text("Python/pyproject.toml").contains("version = \"\(version)\""))
    }
}
