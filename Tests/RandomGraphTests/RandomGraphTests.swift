import GraphTestSupport
import RandomGraphs
import Testing

/// Models drawn at random mean the same however they are computed. `Tools/check/random-graphs` draws many more.
@Suite struct RandomGraphTests {
    @Test(arguments: 0..<24 as Range<UInt64>)
    func allWaysAgree(_ seed: UInt64) {
        let folder = TemporaryFolder()
        guard let comparison = RandomComparison(seed: seed, folder: folder.path) else { return }
        #expect(comparison.differences == [], "\(comparison.text)")
    }
}
