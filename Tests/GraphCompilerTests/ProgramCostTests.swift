import GraphCompiler
import GraphIR
import GraphModelFixtures
import Testing

/// What steps cost: convolutions are counted as they are written, and where the multiplications are.
@Suite struct ProgramCostTests {
    private func trainingStep() throws -> Program {
        try Pipeline.plan(SmallModel.all[0].entry(.train), sizes: ["N": 2, "H": 8, "W": 8], PlanOptions(.avx2)).program
    }

    @Test func stepsShareTheWorkOfAllConvolutions() throws {
        let program = try trainingStep()
        let ofSteps = program.steps.map(program.convolutionOperationCount(of:)).reduce(0, +)
        #expect(ofSteps == program.convolutionOperationCount)
        // Forward, and both gradients of each convolution but the first, which has none by its image.
        let perPixel = [3 * 8] + Array(repeating: 8 * 8, count: 5) + [8 * 32, 4 * 8 * 32, 16 * 8 * 3]
        let forward = 2 * 9 * 2 * 8 * 8 * perPixel.reduce(0, +)
        #expect(ofSteps == 3 * forward - 2 * 9 * 2 * 8 * 8 * perPixel[0])
    }

    /// A Winograd filter gradient's work is where it multiplies, not where it sums.
    @Test func theSumOfAFilterGradientIsCheap() throws {
        let program = try trainingStep()
        let sums = program.steps.filter { $0.kernel == .conv2DFilterAndBiasGradientWinograd }
        #expect(sums.count == 8)
        for sum in sums {
            let products = try #require(program.steps.first { $0.name == "\(sum.name)_multiply" })
            #expect(program.convolutionOperationCount(of: sum) == 0)
            #expect(program.convolutionOperationCount(of: products) > 0)
            // One addition for each product, to within the ninths that rows share.
            let rows = program[buffer: products.outputs[0]].rows
            let productCount = rows.rowCount * rows.rowElementCount
            #expect(sum.rowCount * sum.operationsPerRow <= productCount)
            #expect(sum.rowCount * sum.operationsPerRow > productCount - sum.rowCount)
        }
    }
}
