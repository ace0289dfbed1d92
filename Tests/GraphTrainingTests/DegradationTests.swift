import GraphImaging
import GraphModel
import GraphTestSupport
import Testing

@testable import GraphTraining

struct DegradationTests {
    @Test(arguments: [
        "none", "noise=25.0", "blur=0.2..1.5,shot=0.0..2.0,noise=1.0..10.0,jpeg=40.0..95.0,resize=any", "jpeg=90.0,resize=box",
        "noise=5.0,resize=any,clean=0.25",
    ])
    func itIsWrittenAndRead(_ text: String) {
        #expect(Degradation(text)?.description == text)
        #expect(Degradation(text)?.isEmpty == (text == "none"))
    }

    @Test(arguments: [
        "", "noise", "noise=", "noise=a", "noise=5..", "noise=9..5", "noise=256", "jpeg=0", "jpeg=101", "blur=-1", "blur=nan",
        "noise=1,noise=2", "resize=nearest", "resize=any,", "fog=1", "clean=1", "clean=-0.1",
    ])
    func wrongWordsAreRefused(_ text: String) { #expect(Degradation(text) == nil) }

    /// A function of seed, use and index, which leaves the true picture as it is.
    @Test func itIsDrawnBySeedUseAndIndex() throws {
        let truth = Picture(syntheticWidth: 24, height: 16, seed: 1)
        let pair = PicturePair(truth: truth, scale: 2)
        let all = try #require(Degradation("blur=0.2..1.5,resize=any,shot=0..2,noise=1..10,jpeg=40..95"))
        func degraded(_ seed: UInt64, _ use: Degradation.Use, _ index: Int) throws -> PicturePair {
            try all.applied(to: pair, scale: 2, seed: seed, use, index: index)
        }
        let first = try degraded(1, .training, 5)
        #expect(first.truth == truth && first.reduced.size == pair.reduced.size && first.reduced != pair.reduced)
        #expect(try degraded(1, .training, 5) == first)
        #expect(try degraded(2, .training, 5) != first)
        #expect(try degraded(1, .validation, 5) != first)
        #expect(try degraded(1, .training, 6) != first)
        #expect(try Degradation().applied(to: pair, scale: 2, seed: 1, .training, index: 5) == pair)
    }

    /// So many of the crops stay as benchmarks make them.
    @Test func aShareIsLeftClean() throws {
        let pair = PicturePair(truth: Picture(syntheticWidth: 24, height: 16, seed: 1), scale: 2)
        let noisy = try #require(Degradation("blur=1,noise=30,clean=0.25"))
        let clean = try (0..<200).filter { try noisy.applied(to: pair, scale: 2, seed: 1, .training, index: $0) == pair }
        #expect(30...70 ~= clean.count)
    }

    /// Gaussian noise has its deviation in all light, shot noise the more the more light there is.
    @Test(arguments: [
        ("noise=10", 64, 10.0), ("noise=10", 160, 10), ("shot=1", 64, 8), ("shot=1", 144, 12), ("shot=1,noise=6", 64, 10),
    ])
    func noiseHasItsDeviation(_ text: String, _ light: UInt8, _ deviation: Double) throws {
        let flat = Picture(width: 60, height: 60, fill: .init(red: light, green: light, blue: light))
        let pair = PicturePair(truth: flat, scale: 1)
        let noisy = try #require(Degradation(text)).applied(to: pair, scale: 1, seed: 3, .training, index: 0).reduced
        let errors = noisy.pixels.map { Double($0) - Double(light) }
        let mean = errors.reduce(0, +) / Double(errors.count)
        let variance = errors.map { $0 * $0 }.reduce(0, +) / Double(errors.count)
        #expect(abs(mean) < 0.4)
        #expect(abs(variance.squareRoot() / deviation - 1) < 0.04)
    }

    /// Whatever the threads and the cache, and however often it is stopped.
    @Test func aDegradedRunIsAFunctionOfItsInputs() throws {
        var run = try SmallRun(["a", "b", "c"])
        run.recipe.degradation = try #require(Degradation("blur=0.2..1,noise=0..20,jpeg=50..90"))
        run.recipe.epochCount = 2
        try run.begin(in: "first")
        run.options.threadCount = 1
        run.options.cacheByteCount = 0
        try run.begin(in: "second")
        #expect(try run.folder.bytes("first/last.gpack") == run.folder.bytes("second/last.gpack"))
        #expect(try run.pack("first/best.gpack").metadata["recipe"]?.contains("degraded by blur=0.2..1.0,noise") == true)
        run.recipe.degradation = Degradation()
        try run.begin(in: "clean")
        #expect(try run.folder.bytes("first/last.gpack") != run.folder.bytes("clean/last.gpack"))
    }

    /// A model that makes pictures of the size that it takes learns to take noise away, and only with something to undo.
    @Test func aModelOfOneSizeLearnsToTakeNoiseAway() throws {
        var run = try SmallRun(["a", "b", "c"])
        run.source = """
            graph plain(noisy: u8[N, H, W, 3]) -> (clean: f32[N, H, W, 3]) {
              x = f32(noisy) / 255
              clean = 255 * (x + conv(x) @only)
            }
            block conv(x: f32[N, H, W, C]) -> (y: f32[N, H, W, C]) {
              weight filter: f32[3, 3, C, C] ~ zeros
              y = conv2d(x, filter, pad = same)
            }
            train plain(true_picture: u8[N, H, W, 3]) { loss mae = mean(abs(clean - f32(true_picture))) }
            predict plain -> (image: u8[N, H, W, 3]) { image = u8(round(clip(clean, 0, 255))) }
            """
        run.recipe.stepsPerEpoch = 60
        let data = try TrainingData([run.path("pictures")], scale: 1)
        func begin(_ folder: String) throws {
            let start = try Checkpoint(beginning: run.model, run.recipe, dataPaths: data.paths)
            let training = try TrainingRun(
                start, data: data, run.options, folder: RunFolder(run.path(folder), overwriting: false))
            _ = try training.run(isInterrupted: { false }, report: { _ in })
        }
        #expect(errorText { try begin("nothing") }.contains("a degradation as noise=25"))
        run.recipe.degradation = try #require(Degradation("noise=40"))
        try begin("noisy")
        let files = data.validation
        let learned = try Evaluation(
            Model(contentsOf: run.path("noisy/best.gpack")), files, by: .rgb, degradation: run.recipe.degradation, threadCount: 1)
        #expect(learned.mean.model.psnr > learned.mean.bicubic.psnr + 0.5)
        #expect(learned.heading.hasSuffix("pictures degraded by noise=40.0"))
    }
}
