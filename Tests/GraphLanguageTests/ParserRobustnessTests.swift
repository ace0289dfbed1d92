import GraphTestSupport
import GraphLanguage
import Testing

/// The parser reads or reports whatever it is given: it neither traps, hangs nor stays silent.
struct ParserRobustnessTests {
    @Test(arguments: Models.names)
    func truncatedAnywhere(name: String) throws {
        let bytes = Array(try Models.source(name).utf8)
        for end in bytes.indices { check(Array(bytes[..<end])) }
    }

    @Test(arguments: Models.names)
    func mutatedAnywhere(name: String) throws {
        let original = Array(try Models.source(name).utf8)
        var random = RepeatableGenerator(seed: 1)
        let pieces = [
            "{", "}", "(", ")", "<", ">", "[", "]", "@", ".", "..<", "//", "/", "=", ",", "\n", " ", "in", "if ", "else",
            "repeat i in ", "carry ", "graph g", "9", "1e9", "\"", "é", "\t", "@{", "stage s", "weight w: ", "run a ",
        ].map { Array($0.utf8) }
        for _ in 0..<500 {
            var bytes = original
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let start = Int.random(in: 0..<bytes.count, using: &random)
                let end = min(bytes.count, start + Int.random(in: 0...6, using: &random))
                switch Int.random(in: 0..<4, using: &random) {
                case 0: bytes.removeSubrange(start..<end)
                case 1: bytes.insert(contentsOf: pieces.randomElement(using: &random)!, at: start)
                case 2: bytes.replaceSubrange(start..<end, with: pieces.randomElement(using: &random)!)
                default: bytes[start] = UInt8.random(in: 0...255, using: &random)
                }
                if bytes.isEmpty { bytes = [0x20] }
            }
            check(bytes)
        }
    }

    /// Reads the bytes: what is accepted prints stably, what is not has mistakes with places in the text.
    private func check(_ bytes: [UInt8], sourceLocation: Testing.SourceLocation = #_sourceLocation) {
        let source = String(decoding: bytes, as: UTF8.self)
        do throws(Diagnostics) {
            let tree = try Parser.parse(bytes: bytes)
            let printed = SyntaxPrinter.print(tree)
            let again = try? Parser.parse(printed)
            #expect(again == tree, "\(source)", sourceLocation: sourceLocation)
        } catch {
            let lineCount = source.utf8.count { $0 == UInt8(ascii: "\n") } + 1
            let isPlaced = error.all.allSatisfy { 1...lineCount ~= $0.location.line && $0.location.column >= 1 }
            #expect(!error.all.isEmpty && isPlaced, "\(source)", sourceLocation: sourceLocation)
            let rendered = error.rendered(file: "f", source: source)
            #expect(rendered.hasSuffix(error.all.count == 1 ? "\n1 error" : "\n\(error.all.count) errors"))
        }
    }

    // MARK: Limits

    private func codes(_ source: String) -> [Diagnostic.Code] {
        do throws(Diagnostics) {
            _ = try Parser.parse(source)
            return []
        } catch {
            return error.all.map(\.code)
        }
    }

    private func graph(_ body: String) -> String { "graph g(x: f32[N]) -> (y: f32[N]) {\n\(body)\n}\n" }

    @Test(arguments: [
        (String(repeating: "(", count: 100_000) + "1", "parentheses"),
        (String(repeating: "[", count: 100_000) + "1", "lists"),
        (String(repeating: "-", count: 100_000) + "1", "signs"),
        (String(repeating: "f<", count: 100_000) + "1", "arguments"),
        (Array(repeating: "1", count: 100_000).joined(separator: " + "), "a chain"),
        (String(repeating: "(", count: 50) + "1" + String(repeating: " + 1 + 1 + 1 + 1)", count: 50), "parentheses and chains"),
    ])
    func deepExpressions(source: String, kind: String) {
        #expect(codes(graph("  y = \(source)")).contains(.nestingTooDeep), "\(kind)")
    }

    @Test func deepestExpressionIsReadAndPrinted() throws {
        let source = graph("  y = " + Array(repeating: "1", count: 200).joined(separator: " + "))
        let tree = try Parser.parse(source)
        #expect(try Parser.parse(SyntaxPrinter.print(tree)) == tree)
    }

    @Test(arguments: ["if a {\n", "repeat i in 0..<2 {\n", "fuse s {\n", "if a { } else if a { } else {\n"])
    func deepStatements(opening: String) {
        let source = graph(String(repeating: opening, count: 30_000) + String(repeating: "}\n", count: 30_000))
        #expect(codes(source) == [.nestingTooDeep])
    }

    @Test func longElseIf() {
        let chain = "if a { }" + String(repeating: " else if a { }", count: 30_000)
        #expect(codes(graph(chain)).first == .nestingTooDeep)
    }

    @Test func manyMistakes() {
        let found = codes(graph(String(repeating: "a = b c\n", count: 100_000)))
        #expect(found.count == SyntaxLimits.diagnosticCount)
    }

    /// Recovery looks ahead for what closes a bracket, once for all statements.
    @Test func manyOpenBrackets() {
        #expect(codes(graph(String(repeating: "a = (((\n", count: 100_000))).count == SyntaxLimits.diagnosticCount)
    }

    /// Of mistakes that are not shown, the number is; and where reading stopped, that there may be more.
    @Test(arguments: [
        (51, "\n… and 1 more\n51 errors"), (1000, "\n… and at least 950 more\nat least 1000 errors"), (50, "e\n50 errors"),
    ])
    func mistakesThatAreNotShown(count: Int, end: String) {
        let mistake = Diagnostic(code: .unknownName, "message", at: .none)
        let text = Diagnostics(Array(repeating: mistake, count: count)).rendered(file: "f", source: "")
        #expect(text.hasSuffix(end) && text.split(separator: "\n").count { $0.contains("error[unknown-name]") } == 50)
    }

    @Test func largeFile() {
        let bytes = [UInt8](repeating: UInt8(ascii: " "), count: SyntaxLimits.fileByteCount + 1)
        #expect(throws: Diagnostics.self) { try Parser.parse(bytes: bytes) }
    }

    @Test func longNames() {
        let name = String(repeating: "a", count: SyntaxLimits.nameLength + 1)
        #expect(codes(graph("y = \(name)")) == [.nameTooLong])
        #expect(codes(graph("y = \(name.dropLast())")) == [])
    }

    @Test(arguments: [
        ([0x0A, 0x20, 0xFF, 0x20] as [UInt8], 2, 2), ([0x00], 1, 1), ([0x2F, 0x2F, 0xC3, 0xA9, 0xC3], 1, 4),
    ])
    func bytesThatAreNotText(bytes: [UInt8], line: Int, column: Int) throws {
        let error = #expect(throws: Diagnostics.self) { try Parser.parse(bytes: bytes) }
        let mistake = try #require(error?.all.first)
        #expect(mistake.code == .notText)
        #expect(mistake.location == SourceLocation(line: line, column: column))
    }
}
