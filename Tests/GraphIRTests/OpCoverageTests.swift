import GraphIR
import Testing

/// Every op has its cases in the tests that hold for all ops.
@Suite struct OpCoverageTests {
    @Test(arguments: OpName.allCases)
    func everyOpHasItsCases(_ op: OpName) {
        #expect(OpCase.all.contains { $0.op == op }, "\(op): OpFixtures.swift has no case, so that no gradient is checked")
        let rules = OpShapeTests.rules.filter { $0.op == op }
        #expect(!rules.isEmpty, "\(op): OpShapeTests.rules has none")
        let makesImages = rules.contains { $0.result.shape.rank == 4 }
        #expect(
            !makesImages || OpRowMapTests.imageCases.contains { $0.op == op },
            "\(op): OpFixtures.swift has no case that makes images, so that no row map is checked")
    }
}
