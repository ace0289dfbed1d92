import GraphModel
import GraphPack
import GraphRuntime
import GraphTestSupport
import SystemPackage
import Testing

@testable import GraphTraining

struct WeightAverageTests {
    @Test func itFollowsTheWeights() throws {
        let model = try SmallRun().model
        let store = model.parameters
        func set(_ value: Float) throws { try store.setValues(Array(repeating: value, count: 12), of: "only.bias") }
        try set(1)
        var average = WeightAverage(of: store, decay: 0.5)
        try set(3)
        // The decay of the first steps is smaller: 2/11, then 3/12, then 4/13, until it is that of the recipe.
        average.update(from: store, step: 1)
        let first: Float = 1 + (1 - 2.0 / 11) * 2
        try average.inPlace(in: store) { () throws(TrainingError) in
            #expect(abs((store.values(of: "only.bias")?[0] ?? 0) - first) < 1e-6)
        }
        #expect(store.values(of: "only.bias") == Array(repeating: 3, count: 12))
        average.update(from: store, step: 1000)
        let states = average.states(like: store)
        #expect(abs((states.first { $0.path == "only.bias.average" }?.values[0] ?? 0) - (first + 3) / 2) < 1e-6)
        let again = try WeightAverage(states, of: store, decay: 0.5)
        #expect(again.states(like: store) == states)
    }

    @Test func theBestWeightsAreTheAverages() throws {
        var run = try SmallRun()
        run.recipe.epochCount = 1
        try run.begin(in: "plain")
        run.recipe.averageDecay = 0.99
        try run.begin(in: "averaged")
        let last = try run.pack("averaged/last.gpack"), best = try run.pack("averaged/best.gpack")
        #expect(try last.weights == run.pack("plain/last.gpack").weights)
        #expect(best.weights != last.weights)
        for weight in best.weights {
            #expect(last.states.first { $0.path == weight.path + ".average" }?.values == weight.values)
        }
        // A checkpoint with averages is a model, too.
        #expect(try Model(contentsOf: run.path("averaged/last.gpack")).pack(includingState: false).weights == last.weights)
    }
}

struct InitialWeightsTests {
    private func model(_ text: String) throws -> Model { try Model(source: SourceText(text, name: "small.graph"), seed: 7) }

    @Test func weightsAreTakenByNameAndShape() throws {
        let folder = TemporaryFolder()
        let other = smallModel.replacing("conv(x) @only", with: "conv(f32(lr)) @only + 0 * conv(x) @first")
        let path = folder.path.appending("other.gpack")
        let source = try model(other)
        try source.pack(includingState: false).write(to: path)
        var target = try model(smallModel)
        try target.parameters.setValues(Array(repeating: 9, count: 12), of: "only.bias")
        let weights = try InitialWeights(contentsOf: path, for: target)
        #expect(
            weights.report == """
                \(path): 2 of 2 weights are taken by name
                  not in this model: @first.bias, @first.filter
                """)
        try weights.apply(to: &target)
        for name in ["only.bias", "only.filter"] {
            #expect(target.parameters.values(of: name) == source.parameters.values(of: name))
        }
        #expect(target.metadata["initial_weights"] != nil)
    }

    @Test func whatDoesNotFitIsNamed() throws {
        let folder = TemporaryFolder()
        let path = folder.path.appending("other.gpack")
        let wide = smallModel.replacing("12", with: "27").replacing("2*H", with: "3*H").replacing("2*W", with: "3*W")
            .replacing("block = 2", with: "block = 3")
        try model(wide).pack(includingState: false).write(to: path)
        let text = errorText { _ = try InitialWeights(contentsOf: path, for: model(smallModel)) }
        #expect(text.contains("none of its 2 weights (@only.bias, @only.filter, …) has the name and shape"), "\(text)")
        let both = smallModel.replacing("@only", with: "@first").replacing(
            "conv(x) @first", with: "conv(x) @first + 0 * conv2d(x, w)"
        ).replacing("  x = f32", with: "  weight w: f32[1, 1, 3, 12] ~ zeros @only.filter\n  x = f32")
        var pack = try model(smallModel).pack(includingState: false)
        pack.weights.append(PackedTensor(path: "first.bias", shape: [12], values: Array(repeating: 2, count: 12)))
        try pack.write(to: path)
        let weights = try InitialWeights(contentsOf: path, for: model(both))
        #expect(
            weights.report == """
                \(path): 1 of 3 weights are taken by name
                  of another shape, begin fresh: @only.filter [1, 1, 3, 12], there [3, 3, 3, 12]
                  not there, begin fresh: @first.filter
                  not in this model: @only.bias
                """)
    }
}

struct NonFiniteTests {
    private func error(_ sr: String, rate: Float = 0.01) throws -> String {
        var run = try SmallRun()
        run.source = smallModel.replacing("sr = 255 * depth_to_space(conv(x) @only, block = 2)", with: sr)
        run.recipe.learningRate = LearningRate(base: rate)
        let text = errorText { try run.begin(in: "out") }
        // The weights from before the step are there.
        let last = try run.pack("out/last.gpack")
        #expect(last.weights.allSatisfy { $0.values.allSatisfy(\.isFinite) })
        return text
    }

    @Test func theOpThatDividesByZeroIsNamed() throws {
        let text = try error("y = depth_to_space(conv(x) @only, block = 2)\n  z = y - y\n  sr = y / z")
        #expect(text.hasPrefix("the loss 'mae' became"), "\(text)")
        #expect(text.contains("at step 1: the op 'divide' makes numbers that are not finite of finite ones ('sr'"), "\(text)")
    }

    @Test func aGradientThatIsNotFiniteIsFoundInItsStep() throws {
        // The root's slope at 0 is infinite, the loss is not.
        let text = try error("y = depth_to_space(conv(x) @only, block = 2)\n  sr = 255 * sqrt(relu(y))")
        #expect(text.hasPrefix("the norm of the gradients became"), "\(text)")
        #expect(text.contains("at step 1: the op 'divide'"), "\(text)")
    }

    @Test func stepsSinceTheCheckpointAreRepeated() throws {
        // The first update makes the weights so large that the second step overflows.
        let text = try error(
            "y = depth_to_space(conv(x) @only, block = 2)\n  z = y * y * y * y\n  p = z * z * z * z\n  sr = p * p", rate: 1)
        #expect(text.contains("makes numbers that are not finite of finite ones"), "\(text)")
        #expect(!text.contains("at step 1:"), "\(text)")
    }
}
