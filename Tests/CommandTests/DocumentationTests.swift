import Foundation
import GraphTestSupport
import Testing

/// What the articles of the documentation show of the commands' output is what they print.
///
/// A code block that begins with `$ graphc …` is run in the package's folder. Where `…` stands in a line of its own, lines
/// are left out. `Tools/bless` rewrites the blocks that show everything.
@Suite struct DocumentationTests {
    private static let package = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().appendingPathComponent("../..").standardizedFileURL
    private static let catalogue = package.appendingPathComponent("Sources/GraphC/GraphC.docc")

    static let articles =
        ((try? FileManager.default.contentsOfDirectory(atPath: catalogue.path)) ?? []).filter { $0.hasSuffix(".md") }.sorted()

    @Test func articlesAreFound() { #expect(Self.articles.count > 5) }

    @Test(arguments: articles)
    func goldenArticle(_ name: String) throws {
        let url = Self.catalogue.appendingPathComponent(name)
        let article = try String(contentsOf: url, encoding: .utf8)
        let place = try Workplace()
        // Every second part of a text that is cut at its fences is a code block.
        var parts = article.components(separatedBy: "```")
        for index in parts.indices where index % 2 == 1 && parts[index].hasPrefix("\n$ graphc ") {
            var lines = parts[index].dropFirst().components(separatedBy: "\n")
            let command = lines.removeFirst()
            let folder = Self.package.path + "/"
            let arguments = command.split(separator: " ").dropFirst(2).map {
                $0.hasPrefix("Docs/") ? folder + $0 : String($0)
            }
            let printed = try place.graphc(arguments).success().replacingOccurrences(of: folder, with: "")
            let shown = lines.joined(separator: "\n")
            if lines.contains("…") {
                var rest = Substring(printed)
                for piece in shown.components(separatedBy: "…\n") where !piece.isEmpty {
                    let found = rest.range(of: piece)
                    #expect(found != nil, "\(name): '\(command)' does not print, in this order:\n\(piece)")
                    if let found { rest = rest[found.upperBound...] }
                }
            } else if ProcessInfo.processInfo.environment["GRAPHC_BLESS"] == "1" {
                parts[index] = "\n" + command + "\n" + printed
            } else {
                #expect(shown == printed, "\(name): '\(command)' prints something else; Tools/bless accepts it")
            }
        }
        let blessed = parts.joined(separator: "```")
        if blessed != article { try blessed.write(to: url, atomically: true, encoding: .utf8) }
    }
}
