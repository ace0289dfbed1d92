import Foundation
import GraphLanguage
import Testing

/// The models in `Graphs/`.
enum Models {
    static let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? [])
        .filter { $0.hasSuffix(".graph") }.map { String($0.dropLast(".graph".count)) }.sorted()

    static func source(_ name: String) throws -> String {
        try String(contentsOf: folder.appendingPathComponent("\(name).graph"), encoding: .utf8)
    }

    private static let folder = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Graphs")
}

struct ModelsTests {
    @Test(arguments: Models.names)
    func isReadAndPrintedStably(name: String) throws {
        let tree = try Parser.parse(try Models.source(name))
        let printed = SyntaxPrinter.print(tree)
        let again = try Parser.parse(printed)
        #expect(again == tree)
        #expect(SyntaxPrinter.print(again) == printed)
        let kinds = tree.declarations.map(\.keyword)
        #expect(kinds.filter { $0 != .block } == [.graph, .train, .predict])
        #expect(kinds.contains(.block))
        #expect(tree.declarations.filter { $0.keyword != .block }.allSatisfy { $0.name.text == name })
    }

    @Test(arguments: Models.names)
    func isShort(name: String) throws {
        #expect(try Models.source(name).split(separator: "\n", omittingEmptySubsequences: false).count < 80)
    }
}
