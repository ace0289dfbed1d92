import GraphEnlarging
import GraphImaging
import GraphModel
import GraphTestSupport
import SystemPackage
import Testing

@testable import GraphTraining

/// Models that take more than a low-resolution picture: guides from a folder, numbers, how noisy the picture was made.
@Suite struct TrainingExtrasTests {
    private static let guided = """
        graph guided(lr: u8[N, H, W, 3], guide: u8[N, 2*H, 2*W, 1], strength: f32[N, 1, 1, 1]) -> (sr: f32[N, 2*H, 2*W, 3]) {
          weight gain: f32[3] ~ ones @gain
          sr = f32(guide) * gain + 0.001 * strength + 0 * resize_bicubic(f32(lr), factor = 2)
        }
        train guided(hr: u8[N, 2*H, 2*W, 3]) {
          loss mae = mean(abs(sr - f32(hr)))
          metric told = mean(strength)
        }
        predict guided -> (image: u8[N, 2*H, 2*W, 3]) { image = u8(round(clip(sr, 0, 255))) }
        """

    /// A run of it whose true pictures are grey and whose guides are these.
    private func run(_ extras: (SmallRun) -> TrainingExtras) throws -> SmallRun {
        var run = try SmallRun(["a", "b", "c"])
        run.source = Self.guided
        try run.folder.pictures(["a"], in: "guides")
        for name in ["a", "b", "c"] {
            let picture = try Picture(contentsOf: run.path("pictures/\(name).png"))
            let grey = Picture(width: picture.width, height: picture.height, pixels: picture.luma().flatMap { [$0, $0, $0] })
            for folder in ["pictures", "guides"] {
                try grey.writePNG(to: run.path("\(folder)/\(name).png"))
            }
        }
        run.extras = extras(run)
        return run
    }

    @Test func guidesAreCroppedAndTurnedAlong() throws {
        let run = try run { TrainingExtras(numbers: ["strength": 0], folders: ["guide": $0.path("guides")]) }
        let inputs = try TrainingInputs(run.model)
        let data = try TrainingData([run.path("pictures")], for: inputs, extras: run.extras)
        for byteLimit in [0, 1 << 20] {
            let cache = PictureCache(scale: 2, byteLimit: byteLimit)
            // What finds no room is decoded as far as it is needed.
            try cache.fill(data.training, threadCount: 1)
            let sizes = try #require(try data.reducedSizes(run.recipe, scale: 2, from: DigestedFiles()))
            let loader = BatchLoader(cache, data.training, PatchSampler(run.recipe, scale: 2), reducedSizes: sizes)
            for step in 1...8 {
                let batch = try loader.batch(step: step).batch
                #expect(batch.extras["guide"] == stride(from: 0, to: batch.truth.count, by: 3).map { batch.truth[$0] })
            }
        }
    }

    @Test func runsGoOnToEqualBytes() throws {
        let run = try run { TrainingExtras(numbers: ["strength": 0.5], folders: ["guide": $0.path("guides")]) }
        try run.begin(in: "whole")
        let counter = StepCounter(25)
        try run.begin(in: "parts", report: counter.count) { counter.isInterrupted }
        try run.resume("parts")
        #expect(try run.results("parts") == run.results("whole"))
        // The guide is the truth, so that a gain of 1 is right.
        let checkpoint = try Checkpoint(contentsOf: run.path("whole/last.gpack"))
        #expect(checkpoint.extras == run.extras)
        #expect(try #require(checkpoint.state.epochs.last).validationPSNR > 40)
    }

    @Test(arguments: [1, 2])
    func inputsAreToldTheNoiseOfEachCrop(_ laneCount: Int) throws {
        var run = try run { TrainingExtras(folders: ["guide": $0.path("guides")], noises: ["strength"]) }
        run.recipe.degradation = try #require(Degradation("noise=10..20"))
        run.recipe.laneCount = laneCount
        try run.begin(in: "out")
        let checkpoint = try Checkpoint(contentsOf: run.path("out/last.gpack"))
        for epoch in checkpoint.state.epochs { #expect(epoch.means[1] > 13 && epoch.means[1] < 17, "\(epoch.means)") }
        run.recipe.degradation = Degradation()
        #expect(errorText { try run.begin(in: "none") }.contains("'strength' is to be told how noisy pictures are made"))
    }

    @Test func whatIsMissingOrDoesNotFitIsNamed() throws {
        let run = try run { TrainingExtras(numbers: ["strength": 1], folders: ["guide": $0.path("guides")]) }
        let inputs = try TrainingInputs(run.model)
        func error(_ extras: TrainingExtras) -> String {
            errorText { _ = try TrainingData([run.path("pictures")], for: inputs, extras: extras) }
        }
        #expect(error(TrainingExtras()).contains("'guide', a grey picture 2 times as large, 'strength', a number; give it that"))
        #expect(error(TrainingExtras(numbers: ["guide": 0.5, "strength": 1])).contains("is given 0.5"))
        #expect(error(TrainingExtras(numbers: ["guide": 1], folders: ["strength": "x"])).contains("is given a picture"))
        #expect(error(TrainingExtras(numbers: ["guide": 1, "strength": 1, "other": 1])).contains("other"))
        #expect(error(run.extras) == "no error")

        let colour = Picture(width: 48, height: 40, fill: Picture.Color(red: 1, green: 2, blue: 3))
        try colour.writePNG(to: run.path("guides/b.png"))
        #expect(
            errorText { try run.begin(in: "out") }.contains("b.png: 'guide', a grey picture 2 times as large, is given one in"))
        try Picture(width: 20, height: 40).writePNG(to: run.path("guides/b.png"))
        #expect(errorText { try run.begin(in: "out") }.contains("guides/b.png: 20×40 pixels are not the"))
        try run.folder.remove("guides/b.png")
        #expect(error(run.extras).contains("1 of 3 pictures have none of their name in this folder, first "))
    }

    @Test func picturesOfOneNameDoNotShareAGuide() throws {
        let run = try run { TrainingExtras(numbers: ["strength": 1], folders: ["guide": $0.path("guides")]) }
        try run.folder.pictures(["a", "d"], in: "others")
        let text = errorText {
            _ = try TrainingData([run.path("pictures"), run.path("others")], for: TrainingInputs(run.model), extras: run.extras)
        }
        #expect(text.contains("pictures/a.png and ") && text.contains("others/a.png have one name"))
    }

    @Test func aCheckpointKeepsThem() {
        let extras = TrainingExtras(numbers: ["a": 0.1, "b": -3e20], folders: ["c": "x y/=\n", "d": "0.5"], noises: ["e"])
        #expect(TrainingExtras(word: extras.word) == extras)
    }
}
