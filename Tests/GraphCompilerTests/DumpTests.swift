import GraphCompiler
import GraphIR
import GraphLanguage
import GraphModelFixtures
import Testing

/// Every dump is read again and gives the same.
@Suite struct DumpTests {
    @Test(arguments: SmallModel.all, [Stage.elaborated, .differentiated, .simplified, .fused])
    func aDumpIsReadAgain(_ model: SmallModel, _ stage: Stage) throws {
        let module = try model.module(upTo: stage)
        let text = SyntaxPrinter.print(module.syntax(stage: stage))
        #expect(try Pipeline.run(text, upTo: stage) == module)
        #expect(try Pipeline.run(text, upTo: .fused) == model.module(upTo: .fused))
    }

    @Test(arguments: SmallModel.all)
    func theParsedTreePrintsAndParses(_ model: SmallModel) throws {
        let tree = try Parser.parse(model.source())
        let text = SyntaxPrinter.print(tree)
        #expect(try Parser.parse(text) == tree)
        #expect(try Pipeline.run(text, parameters: model.parameters, upTo: .fused) == model.module(upTo: .fused))
    }

    @Test(arguments: SmallModel.all, Role.allCases)
    func aPlanIsReadAgain(_ model: SmallModel, _ role: Role) throws {
        let entry = try model.entry(role)
        for bandRows in [nil, 3] {
            let sizes = ["N": 2, "H": 9, "W": 5]
            let scheduled = try Pipeline.run(entry, sizes: sizes, .avx2, bandRows: bandRows, upTo: .scheduled).program
            #expect(try readProgram(programText(scheduled, stage: .scheduled)) == scheduled)
            let planned = try Pipeline.plan(
                entry, sizes: sizes, PlanOptions(.avx2, memory: .bands(rows: bandRows))
            ).program
            #expect(try readProgram(programText(planned, stage: .planned)) == planned)
        }
    }
}
