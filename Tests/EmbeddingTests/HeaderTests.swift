import Foundation
import Testing

/// `graphc.h` and what implements or names its functions agree. That the types agree the compiler sees, as the functions
/// are implementations of those that the header declares.
struct HeaderTests {
    private func functions(in text: String, _ pattern: Regex<(Substring, Substring)>) -> [String] {
        text.matches(of: pattern).map { String($0.1) }.sorted()
    }

    /// The header's own, without comments.
    private func declared() throws -> [String] {
        let lines = try Place.text("Sources/CGraphC/graphc.h").split(separator: "\n").filter { !$0.hasPrefix("//") }
        return functions(in: lines.joined(separator: "\n"), /(graphc_\w+)\(/)
    }

    @Test func everyDeclaredFunctionIsThereAndNoOther() throws {
        let folder = Place.root + "/Sources/GraphCAPI"
        let files = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
        let sources = try files.map { try Place.text("Sources/GraphCAPI/\($0)") }.joined()
        let declared = try declared()
        #expect(declared.count > 10 && Set(declared).count == declared.count)
        #expect(functions(in: sources, /@c @implementation\npublic func (graphc_\w+)\(/) == declared)
        let library = try CLibrary()
        for function in declared { #expect(library.holds(function), "\(function)") }
        #expect(!library.holds("graphc_nothing"))
    }

    @Test func pythonNamesEveryFunction() throws {
        let text = try Place.text("Python/graphc/_library.py")
        let table = try #require(text.range(of: "library = _open()")).upperBound
        let names = functions(in: String(text[table...]), /\(\s*"(\w+)",/).map { "graphc_\($0)" }
        #expect(try names == declared())
    }

    /// Without a warning.
    @Test(.enabled(if: Place.program("cc") != nil, "there is no C compiler"), arguments: ["c", "c++"])
    func compilersReadTheHeader(_ language: String) throws {
        let finished = try run(
            "/usr/bin/env",
            ["cc", "-x", language, "-Wall", "-Wextra", "-Werror", "-fsyntax-only", "Sources/CGraphC/graphc.h"], in: Place.root)
        #expect(finished.status == 0, "\(finished.errors)")
    }
}
