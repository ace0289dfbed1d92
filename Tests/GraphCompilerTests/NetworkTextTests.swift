import GraphCompiler
import GraphIR
import GraphLanguage
import GraphModelFixtures
import Testing

/// What each stage prints of a network is read again, and goes on to the same plan.
@Suite struct NetworkTextTests {
    @Test(arguments: SmallModel.networks, Stage.allCases.filter { $0 >= .elaborated && $0 <= .fused })
    func aModuleIsReadAgain(_ network: SmallModel, _ stage: Stage) throws {
        let module = try network.module(upTo: stage)
        let text = SyntaxPrinter.print(module.syntax(stage: stage))
        #expect(try Pipeline.run(text, upTo: stage) == module)
        #expect(try Pipeline.run(text, upTo: .fused) == network.module())
    }

    @Test(arguments: SmallModel.networks, Stage.allCases.filter { $0 > .fused })
    func aPlanIsReadAgain(_ network: SmallModel, _ stage: Stage) throws {
        for (role, bandRows) in [(Role.predict, 3), (.train, nil)] {
            let entry = try network.entry(role)
            let sizes = ["N": 2, "H": 8, "W": 8]
            let form = try Pipeline.run(entry, sizes: sizes, .portable, bandRows: bandRows, upTo: stage)
            let text = form.text(role: role, stage: stage)
            let read = try readProgram(text)
            #expect(programText(read, stage: stage) == text)
            let options = PlanOptions(.portable, memory: .bands(rows: bandRows))
            #expect(
                try Pipeline.continue(read, bandRows: bandRows, after: stage, upTo: .planned)
                    == Pipeline.plan(entry, sizes: sizes, options).program, "\(role)")
        }
    }
}
