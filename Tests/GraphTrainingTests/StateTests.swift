import GraphInterchange
import GraphIR
import GraphMeasuring
import GraphModel
import GraphPack
import GraphTestSupport
import SystemPackage
import Testing

@testable import GraphTraining

/// States that a graph declares are the model's, as its weights are: packs, imports, exports and runs keep them.
struct StateTests {
    /// One state that all entries read, and one of training alone.
    static let text = smallModel.replacing(
        "  x = f32(lr) / 255", with: "  state gain: f32[3] ~ constant(0.5)\n  x = gain * f32(lr) / 255"
    )
    .replacing(
        "  loss mae = mean(abs(sr - f32(hr)))",
        with: """
              state seen: f32[] ~ ones
              update seen = seen + 1
              loss mae = mean(abs(sr - f32(hr))) * seen
            """)

    private func model(_ text: String = text) throws -> Model {
        try Model(source: SourceText(text, name: "small.graph"), seed: 7)
    }

    private func values(_ model: Model) throws -> [String: [Float]?] {
        _ = try model.entry(.train)
        return ["gain": model.parameters.values(of: "gain"), "seen": model.parameters.values(of: "seen")]
    }

    @Test(arguments: [false, true])
    func packsKeepThem(_ includingState: Bool) throws {
        let folder = TemporaryFolder()
        var model = try model()
        if includingState { model.training = ["step": "0"] }
        try model.parameters.setValues([1, 2, 3], of: "gain")
        try model.pack(includingState: includingState).write(to: folder.file("m.gpack"))
        let again = try Model(contentsOf: folder.file("m.gpack"))
        #expect(again.parameters.values(of: "gain") == [1, 2, 3])
        #expect(try values(again) == ["gain": [1, 2, 3], "seen": [1]])
        // And of one that was loaded.
        try again.pack(includingState: false).write(to: folder.file("n.gpack"))
        #expect(try values(Model(contentsOf: folder.file("n.gpack"))) == ["gain": [1, 2, 3], "seen": [1]])
        #expect(try Pack(contentsOf: folder.file("n.gpack")).states.map(\.path) == ["gain", "seen"])
    }

    @Test func aPackWithoutOneIsRefused() throws {
        let folder = TemporaryFolder()
        var pack = try model().pack(includingState: false)
        pack.states.removeAll { $0.path == "gain" }
        try pack.write(to: folder.file("m.gpack"))
        let text = errorText { _ = try Model(contentsOf: folder.file("m.gpack")) }
        #expect(text.contains("@gain is missing"), "\(text)")
    }

    /// What training alone needs is asked for when training is.
    @Test func aPackWithoutWhatTrainingNeedsDoesNotTrain() throws {
        let folder = TemporaryFolder()
        let text = Self.text.replacing("  state gain: f32[3] ~ constant(0.5)\n", with: "").replacing("gain * ", with: "")
        var pack = try model(text).pack(includingState: false)
        pack.states = []
        try pack.write(to: folder.file("m.gpack"))
        let model = try Model(contentsOf: folder.file("m.gpack"))
        #expect(
            errorText { _ = try model.entry(.train) }
                == "'small' trains with @seen, of which its pack holds no values; make the pack again from the model's text")
    }

    @Test func aCheckpointWithoutTheOptimizersStatesIsRefused() throws {
        let folder = TemporaryFolder()
        var model = try model()
        model.training = ["step": "4"]
        var pack = model.pack(includingState: true)
        pack.states.removeAll { $0.path == "only.bias.adam_m" }
        try pack.write(to: folder.file("m.gpack"))
        let text = errorText { _ = try Model(contentsOf: folder.file("m.gpack")) }
        #expect(text.contains("@only.bias.adam_m is missing"), "\(text)")
    }

    @Test func importsTakeThem() throws {
        let folder = TemporaryFolder()
        let (source, target) = (try model(), try model())
        try source.parameters.setValues([1, 2, 3], of: "gain")
        let pack = source.pack(includingState: true)
        try SafeTensors(tensors: pack.weights + pack.states.filter { !TrainingStates.contain($0.path) })
            .write(to: folder.file("m.safetensors"))
        try pack.write(to: folder.file("m.gpack"))
        for name in ["m.safetensors", "m.gpack"] {
            try target.parameters.setValues([0, 0, 0], of: "gain")
            let file = try WeightFile(contentsOf: folder.file(name))
            try target.bind(file.tensors, states: file.states, from: folder.file(name))
            #expect(target.parameters.values(of: "gain") == [1, 2, 3])
        }
        let text = errorText { try target.bind(pack.weights, from: "weights") }
        #expect(text.contains("@gain is missing") && text.contains("@seen is missing"), "\(text)")
        try target.parameters.setValues([0, 0, 0], of: "gain")
        var begun = target
        try InitialWeights(contentsOf: folder.file("m.gpack"), for: begun).apply(to: &begun)
        #expect(target.parameters.values(of: "gain") == [1, 2, 3])
    }

    /// A run begins with what the model holds, keeps it in its checkpoints, and goes on with it.
    @Test func runsKeepThem() throws {
        var run = try SmallRun()
        run.source = Self.text
        run.recipe.epochCount = 1
        try run.begin(in: "out")
        for name in ["out/last.gpack", "out/best.gpack"] {
            let states = try run.pack(name).states
            #expect(states.first { $0.path == "gain" }?.values == [0.5, 0.5, 0.5])
            #expect(states.first { $0.path == "seen" }?.values == [21])
        }
        try run.resume("out", epochCount: 2)
        #expect(try run.pack("out/last.gpack").states.first { $0.path == "seen" }?.values == [41])
    }

    @Test func gradientsAreThoseWithTheirValues() throws {
        let check = try GradientCheck(model(), sizes: ["N": 1, "H": 3, "W": 3])
        #expect(check.paths == ["only.filter", "only.bias"])
        for path in check.paths { #expect(try check.check(path).worst < GradientCheck.bound) }
    }

    /// Training's own names for what it keeps are no one else's.
    @Test(arguments: ["adam_m", "adam_v", "average"])
    func pathsOfTrainingAreReserved(_ ending: String) throws {
        let text = Self.text.replacing("~ constant(0.5)", with: "~ constant(0.5) @only.bias.\(ending)")
        let error = errorText { _ = try model(text) }
        #expect(
            error.contains("'only.bias.\(ending)' is a path of what training keeps; give the state another one"), "\(error)")
    }

    /// A weight or state that nothing reads is no part of the model.
    @Test func whatNothingReadsIsLeftOut() throws {
        let text = Self.text.replacing(
            "  state gain", with: "  weight idle: f32[3] ~ ones\n  state lost: f32[3] ~ ones\n  state gain")
        let model = try model(text)
        #expect(model.parameters.values(of: "idle") == nil && model.parameters.values(of: "lost") == nil)
        let check = try GradientCheck(model, sizes: ["N": 1, "H": 2, "W": 2])
        #expect(check.paths == ["only.filter", "only.bias"])
        let lr = Tensor<Float>(shape: [1, 2, 2, 3], values: (0..<12).map { Float($0) })
        let interpreted = try model.run(.predict, inputs: ["lr": lr], by: .interpreted)
        #expect(
            try model.run(.predict, inputs: ["lr": lr], by: .compiled(threadCount: 1, bandRows: nil)).outputs
                == interpreted.outputs)
    }
}
