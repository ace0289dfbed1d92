import GraphTestSupport
import GraphLanguage
import Testing

/// What is written, read and printed again; and what is said of mistakes.
struct SyntaxGoldenTests {
    /// The canonical form of a file, which must be read as the same tree.
    @Test(arguments: try Golden.cases(in: "Syntax"))
    func golden(_ golden: GoldenCase) throws {
        try golden.check { input in
            let tree = try Parser.parse(input)
            let printed = SyntaxPrinter.print(tree)
            #expect(try Parser.parse(printed) == tree)
            return printed
        }
    }

    @Test(arguments: try Golden.cases(in: "SyntaxErrors"))
    func goldenErrors(_ golden: GoldenCase) throws {
        try golden.check { input in
            do throws(Diagnostics) {
                return "accepted:\n" + SyntaxPrinter.print(try Parser.parse(input))
            } catch {
                return error.rendered(file: "\(golden).graph", source: input)
            }
        }
    }
}
