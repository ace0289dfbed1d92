import GraphIR
import GraphModel
import GraphTestSupport
import Testing
import ThreadRanks

@testable import GraphTraining

/// A run that leaves some of the weights as they are.
struct FrozenWeightsTests {
    private static let twoLayers = smallModel.replacing(
        "sr = 255 * depth_to_space(conv(x) @only, block = 2)",
        with: "sr = 255 * depth_to_space(conv(relu(conv(x) @first)) @second, block = 2)")

    private func run(lanes: Int = 1) throws -> SmallRun {
        var run = try SmallRun()
        run.source = Self.twoLayers
        run.recipe.stepsPerEpoch = 4
        run.recipe.epochCount = 2
        run.recipe.laneCount = lanes
        run.recipe.averageDecay = 0.5
        run.recipe.frozen = FrozenWeights(["first"])
        return run
    }

    @Test(arguments: [1, 2])
    func frozenWeightsStayAndOthersAreTrained(_ lanes: Int) throws {
        let run = try run(lanes: lanes)
        let before = try run.model
        try run.begin(in: "out")
        for file in ["last", "best"] {
            for weight in try run.pack("out/\(file).gpack").weights {
                let stays = weight.values == before.parameters.values(of: weight.path)
                #expect(stays == weight.path.hasPrefix("first."), "\(file) @\(weight.path)")
            }
        }
        let last = try run.pack("out/last.gpack")
        #expect(last.training?["recipe.freeze"] == "first")
        #expect(last.metadata["recipe"]?.contains("frozen first") == true)
        #expect(last.states.allSatisfy { !$0.path.contains("first") || $0.path.hasSuffix(".average") })
    }

    @Test func aRunGoesOnAndIsSharedOut() throws {
        let run = try run(lanes: 2)
        try run.begin(in: "whole")
        let steps = StepCounter(3)
        #expect(try run.begin(in: "stopped", report: steps.count, isInterrupted: { steps.isInterrupted }) == .interrupted)
        #expect(try run.resume("stopped") == .finished)
        #expect(try run.results("stopped") == run.results("whole"))
        let ended = ThreadRanks.run(on: 2) { [run] ranks in errorText { try run.begin(in: "two", ranks: ranks) } }
        #expect(ended == ["no error", "no error"])
        #expect(try run.results("two") == run.results("whole"))
    }

    /// Nothing of it stays behind in the model.
    @Test func whatWasFrozenIsTrainedByAnotherRun() throws {
        var run = try run()
        try run.begin(in: "first")
        run.recipe.frozen = FrozenWeights()
        let model = try Model(contentsOf: run.path("first/best.gpack"))
        try run.begin(model, in: "second")
        let before = try run.pack("first/best.gpack").weights, after = try run.pack("second/last.gpack").weights
        #expect(zip(before, after).allSatisfy { $0.path == $1.path && $0.values != $1.values })
    }

    @Test(arguments: [
        (["secnd"], "the model has no weight @secnd, nor any below it; it has @first, @second"),
        (["first", "fir"], "the model has no weight @fir, nor any below it; it has @first, @second"),
        (["first", "second.filter", "second.bias"], "every weight is frozen, and nothing is left to train; freeze fewer"),
    ])
    func whatCannotBeFrozenIsSaid(_ paths: [String], _ message: String) throws {
        var run = try run()
        run.recipe.frozen = FrozenWeights(paths)
        #expect(errorText { try run.begin(in: "out") } == message)
    }

    @Test func noWorkIsDoneForTheirGradients() throws {
        let model = try run().model
        func filterGradientCount(_ model: Model) throws -> Int {
            try model.entry(.train).graph.nodes.filter { $0.operation?.op == .conv2DFilterGradient }.count
        }
        #expect(try filterGradientCount(model) == 2)
        #expect(try filterGradientCount(model.trained(by: .adam, except: FrozenWeights(["first"]))) == 1)
    }

    @Test func pathsAreWrittenAndRead() {
        #expect(FrozenWeights("head,body.0") == FrozenWeights(["head", "body.0"]))
        #expect(FrozenWeights(["head", "body.0"]).description == "head,body.0")
        #expect(FrozenWeights("") == FrozenWeights() && FrozenWeights("head,") == nil && FrozenWeights(",") == nil)
    }
}
