import GraphTestSupport
import GraphCompiler
import GraphIR
import GraphLanguage
import Testing

/// What is said of files that can be read but mean nothing.
@Suite struct ErrorGoldenTests {
    @Test(arguments: try Golden.cases(in: "Errors"))
    func goldenErrors(_ golden: GoldenCase) throws {
        try golden.check { input in
            do throws(CompileError) {
                let module = try Pipeline.run(input, upTo: .fused)
                return "accepted:\n" + SyntaxPrinter.print(module.syntax(stage: .fused))
            } catch {
                return error.rendered(file: "\(golden).graph", source: input)
            }
        }
    }
}
