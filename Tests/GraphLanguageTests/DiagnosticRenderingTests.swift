import GraphLanguage
import Testing

struct DiagnosticRenderingTests {
    @Test func allParts() {
        let source = "graph g {\n\t  h = h + conv3x3<32>(r)\n}\n"
        let mistake = Diagnostic(
            code: .shapeMismatch, "'+' needs equal shapes", at: SourceLocation(line: 2, column: 10),
            expected: "f32[N, H, W, 64]", found: "f32[N, H, W, 32]", suggestion: "conv1x1",
            notes: ["in block conv3x3, called at 11:16, i = 3"])
        #expect(
            mistake.rendered(file: "edsr.graph", source: source) == """
                edsr.graph:2:10: error[shape-mismatch]: '+' needs equal shapes
                  h = h + conv3x3<32>(r)
                        ^
                  expected f32[N, H, W, 64]
                  found    f32[N, H, W, 32]
                  did you mean 'conv1x1'?
                  in block conv3x3, called at 11:16, i = 3
                """)
    }

    /// Tabs are shown as four spaces, wide characters take two columns, control characters are replaced.
    @Test(arguments: [
        ("\ta\tb", 4, "  a    b\n       ^"), ("日本 b", 4, "  日本 b\n       ^"), ("a\u{1B}b", 3, "  a\u{FFFD}b\n    ^"),
        ("ab\r", 2, "  ab\n   ^"), ("ab", 9, "  ab\n    ^"), ("    ab", 1, "      ab\n  ^"),
    ])
    func columns(line: String, column: Int, excerpt: String) {
        let mistake = Diagnostic(code: .noGraph, "m", at: SourceLocation(line: 1, column: column))
        #expect(mistake.rendered(file: "f", source: line + "\n") == "f:1:\(column): error[no-graph]: m\n" + excerpt)
    }

    @Test func partOfALongLine() {
        let source = String(repeating: "a", count: 500) + "!" + String(repeating: "b", count: 500)
        let mistake = Diagnostic(code: .noGraph, "m", at: SourceLocation(line: 1, column: 501, length: 3))
        #expect(
            mistake.rendered(file: "f", source: source) == """
                f:1:501: error[no-graph]: m
                  …\(String(repeating: "a", count: 40))!\(String(repeating: "b", count: 79))…
                \(String(repeating: " ", count: 43))^^^
                """)
    }

    @Test func withoutAPlace() {
        let mistakes = Diagnostics([Diagnostic(code: .noGraph, "m", at: .none, found: "x")])
        #expect(mistakes.rendered(file: "f", source: "text") == "f: error[no-graph]: m\n  found x\n1 error")
    }
}

struct SpellingTests {
    @Test(arguments: [
        ("conv3x", "conv3x3"), ("relu6", "relu"), ("filtres", "filters"), ("n", "N"), ("glorot_unifrom", "glorot_uniform"),
    ])
    func finds(written: String, meant: String) {
        let names = ["conv3x3", "relu", "filters", "N", "W", "tanh", "glorot_uniform", "zeros"]
        #expect(Spelling.nearest(to: written, among: names) == meant)
    }

    @Test(arguments: ["x", "ab", "sigmoid", "", String(repeating: "relu", count: 1_000)])
    func findsNothing(written: String) {
        #expect(Spelling.nearest(to: written, among: ["relu", "N", "tanh"]) == nil)
    }

    @Test func nearestOfSeveral() {
        #expect(Spelling.nearest(to: "hread", among: ["tread", "head", "hred"]) == "tread")
        #expect(Spelling.nearest(to: "blokc", among: ["blocks", "block"]) == "block")
    }
}
