import GraphMeasuring
import GraphModel
import GraphModelFixtures
import Testing

/// Gradients of the networks that `Tools/compare-models` measures, against finite differences.
@Suite struct NetworkGradientTests {
    @Test(arguments: SmallModel.networks)
    func gradientsAreTheDifferences(_ network: SmallModel) throws {
        let model = try Model(
            source: SourceText(network.source(), name: "\(network).graph"), values: network.parameters, seed: 5)
        let side = max(network.sideMultiple, 3)
        let check = try GradientCheck(model, sizes: ["N": 1, "H": side, "W": side])
        #expect(!check.paths.isEmpty)
        for path in check.paths { #expect(try check.check(path).worst < GradientCheck.bound, "\(path)") }
    }
}
