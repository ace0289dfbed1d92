import GraphCompiler
import GraphIR
import GraphModelFixtures
import Testing

/// Which bands a plan goes in where nobody says.
@Suite struct BandChoiceTests {
    /// Depthwise and 1×1 convolutions do little with much, and their values pass the caches where images are whole.
    @Test func stepsThatMoveMuchGoInNarrowBands() throws {
        let rows = try #require(plan("mobile", ["blocks": .int(1)], height: 128, width: 128).bandRows)
        #expect((4...16).contains(rows))
    }

    @Test func stepsThatMultiplyMuchTakeWholeImages() throws {
        #expect(try plan("edsr", ["blocks": .int(1)], height: 128, width: 128).bandRows == nil)
    }

    @Test func whatTheCachesHoldIsWhole() throws {
        #expect(try plan("mobile", ["blocks": .int(1)], height: 24, width: 24).bandRows == nil)
    }

    /// Larger bands take more memory; the smallest are taken where none fit.
    @Test(arguments: ["mobile", "edsr"])
    func noPlanPassesTheLimitThatNeedNot(_ file: String) throws {
        let least = try plan(file, ["blocks": .int(1)], height: 64, width: 40, limit: 1)
        for factor in [1, 2, 3, 5, 9] {
            let limit = factor * least.program.arenaByteCount
            let chosen = try plan(file, ["blocks": .int(1)], height: 64, width: 40, limit: limit)
            #expect(chosen.program.arenaByteCount <= limit, "\(factor) times the least")
        }
    }

    private func plan(
        _ file: String, _ parameters: [String: CompileTimeValue], height: Int, width: Int, limit: Int? = nil
    ) throws -> Plan {
        let entry = try SmallModel(file: file, parameters: parameters).entry(.predict)
        let options = PlanOptions(.avx2, memory: limit.map { .arena(byteCount: $0) } ?? .automatic)
        return try Pipeline.plan(entry, sizes: ["N": 1, "H": height, "W": width], options)
    }
}
