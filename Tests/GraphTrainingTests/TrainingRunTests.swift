import GraphEnlarging
import Foundation
import GraphModel
import GraphPack
import GraphImaging
import Synchronization
import GraphTestSupport
import Testing

@testable import GraphTraining

struct TrainingRunTests {
    @Test func theLossFallsAndTheRunIsWritten() throws {
        let run = try SmallRun(["a", "b", "c", "d"])
        let epochs = Mutex<[EpochReport]>([])
        let end = try run.begin(in: "runs/first") { event in
            if case .epoch(let epoch) = event { epochs.withLock { $0.append(epoch) } }
        }
        #expect(end == .finished)
        let found = epochs.withLock { $0 }
        #expect(found.count == 3)
        #expect(found[2].progress.means[0] < 0.6 * found[0].progress.means[0])

        let last = try run.pack("runs/first/last.gpack")
        #expect(last.training?["epoch"] == "3")
        #expect(last.training?["step"] == "60")
        #expect(
            last.states.map(\.path) == [
                "only.bias.adam_m", "only.bias.adam_v", "only.filter.adam_m", "only.filter.adam_v",
            ])
        let best = try run.pack("runs/first/best.gpack")
        let bestPSNR = found.map(\.validationPSNR).max()
        #expect(best.training == nil && best.states.isEmpty)
        #expect(best.metadata["validation_psnr"] == bestPSNR.map { "\($0)" })
        #expect(best.metadata["recipe"]?.hasPrefix("3 epochs of 20 steps, 4 crops of 16×16, Adam at 0.01") == true)
        let history = try #require(String(data: run.folder.bytes("runs/first/history.csv"), encoding: .utf8))
        #expect(history.split(separator: "\n").count == 4)
        let times = try #require(String(data: run.folder.bytes("runs/first/times.csv"), encoding: .utf8))
        #expect(times.hasPrefix("epoch,threads,steps,") && times.contains("\n3,2,20,"))

        // The best pack is a model that reaches what was measured.
        let again = try Model(contentsOf: run.path("runs/first/best.gpack"))
        #expect(try psnr(again, .crops, run) == bestPSNR)
    }

    private func psnr(_ model: Model, _ kind: Validation.Kind, _ run: SmallRun) throws -> Double? {
        let files = try TrainingData([run.path("pictures")], scale: 2).validation
        return try Validation(
            model, files, kind: kind, side: 32, cropLimit: 4, cache: PictureCache(scale: 2, byteLimit: 0), threadCount: 1
        ).psnr()
    }

    /// A model of grey pictures is trained on the lightness of colours.
    @Test func aGreyModelIsTrained() throws {
        var run = try SmallRun(["a", "b", "c"])
        run.source = smallModel.replacing("W, 3]", with: "W, 1]").replacing("12]", with: "4]")
        run.recipe.epochCount = 1
        try run.begin(in: "grey")
        #expect(try run.pack("grey/best.gpack").metadata["validation_psnr"].flatMap { Double($0) } ?? 0 > 10)
    }

    @Test func picturesThatTheCacheHasNoRoomForAreToldOf() throws {
        var run = try SmallRun(["a", "b", "c"])
        run.recipe.epochCount = 1
        let notes = Mutex<[String]>([])
        // Two of 48×40 pixels, the third is for validation.
        for byteCount in [2 * 48 * 40 * 3 * 5 / 4, 2 * 48 * 40 * 3 * 5 / 4 - 1] {
            run.options.cacheByteCount = byteCount
            try run.begin(in: "\(byteCount)") { event in
                if let note = event.note { notes.withLock { $0.append(note) } }
            }
        }
        let found = notes.withLock { $0 }
        #expect(found.map { $0.hasPrefix("decoded, the pictures take 14.1 KiB") } == [true])
        #expect(found.map { $0.hasSuffix("a cache of 1G keeps all") } == [true])
    }

    @Test func aRunIsAFunctionOfItsInputs() throws {
        var run = try SmallRun(["a", "b", "c"])
        try run.begin(in: "first")
        run.options.threadCount = 1
        run.options.cacheByteCount = 0
        run.options.checkpointInterval = .steps(7)
        try run.begin(in: "second")
        #expect(try run.results("second") == run.results("first"))
        run.recipe.seed = 9
        try run.begin(in: "third")
        #expect(try run.pack("third/last.gpack").weights != run.pack("first/last.gpack").weights)
        #expect(try run.pack("first/best.gpack").metadata["data_digest"]?.count == 64)
    }

    @Test func aCheckpointOfAnotherRunBringsItsWeightsAlone() throws {
        var run = try SmallRun()
        run.recipe.epochCount = 1
        try run.begin(in: "first")
        for name in ["last", "best"] { try run.begin(Model(contentsOf: run.path("first/\(name).gpack")), in: name) }
        let fromLast = try run.pack("last/last.gpack"), fromBest = try run.pack("best/last.gpack")
        #expect(fromLast.weights == fromBest.weights)
        #expect(fromLast.states == fromBest.states)
    }

    @Test func anInterruptedRunLeavesItsLastStep() throws {
        let run = try SmallRun()
        let steps = StepCounter(25)
        #expect(try run.begin(in: "out", report: steps.count, isInterrupted: { steps.isInterrupted }) == .interrupted)
        let last = try run.pack("out/last.gpack")
        #expect(last.training?["step"] == "25")
        #expect(last.training?["epoch"] == "1")
        #expect(try run.pack("out/best.gpack").metadata["step"] == "20")
    }

    @Test func aRunWithoutImprovementStopsEarly() throws {
        var run = try SmallRun()
        run.recipe.epochCount = 50
        run.recipe.stepsPerEpoch = 1
        run.recipe.patience = 3
        // Steps too small to change a float leave every epoch as good as the first.
        run.recipe.learningRate.base = 1e-30
        #expect(try run.begin(in: "out") == .stoppedEarly)
        let last = try run.pack("out/last.gpack")
        #expect(last.training?["epoch"] == "4")
        #expect(last.training?["best_epoch"] == "1")
        #expect(try run.resume("out") == .stoppedEarly)
    }

    @Test func theLossCanTellTheBestEpoch() throws {
        var run = try SmallRun()
        run.recipe.monitor = .loss
        let least = Mutex(Double.infinity)
        try run.begin(in: "out") { event in
            if case .epoch(let epoch) = event {
                let loss = epoch.progress.means[0]
                #expect(epoch.isBest == least.withLock { loss < $0 })
                least.withLock { $0 = min($0, loss) }
            }
        }
        #expect(try run.pack("out/last.gpack").training?["best"] == least.withLock { "\($0)" })
    }

    @Test func validationReadsWholePictures() throws {
        var run = try SmallRun()
        run.recipe.validation = .images
        run.recipe.epochCount = 1
        let found = Mutex<EpochReport?>(nil)
        try run.begin(in: "out") { event in
            if case .epoch(let epoch) = event { found.withLock { $0 = epoch } }
        }
        let best = try Model(contentsOf: run.path("out/best.gpack"))
        let epoch = try #require(found.withLock { $0 })
        #expect(try psnr(best, .images, run) == epoch.validationPSNR)
        // One picture, of 48×40 pixels; the border is as wide as the scale.
        let file = try #require(TrainingData([run.path("pictures")], scale: 2).validation.first)
        let pair = try PicturePair(file, scale: 2)
        let expected = try PictureEnlarger(best, threadCount: 1).enlarged(pair.reduced)
            .psnr(against: pair.truth, on: .rgb, border: 2)
        #expect(abs(epoch.validationPSNR - expected) < 1e-9)
        #expect(try psnr(best, .crops, run) != epoch.validationPSNR)
    }

    @Test func aPictureThatVanishesEndsTheRunAndKeepsIt() throws {
        var run = try SmallRun(["a", "b", "c"])
        try run.begin(in: "whole")
        run.options.cacheByteCount = 0
        let text = errorText {
            try run.begin(in: "out") { [folder = run.folder] event in
                if case .step(let progress) = event, progress.epoch == 2, progress.step == 3 {
                    try? folder.remove("pictures/a.png")
                }
            }
        }
        #expect(text.contains("pictures/a.png: no such file") && text.contains("go on with "), "\(text)")
        #expect(errorText { try run.resume("out") }.contains("these are not the pictures that the run"))
        try run.folder.pictures(["a"], in: "pictures")
        try run.resume("out")
        #expect(try run.results("out") == run.results("whole"))
    }

    @Test func modelsThatTakeSomethingElseAreRefused() throws {
        let other = smallModel.replacing("hr: u8[N, 2*H, 2*W, 3]", with: "hr: f32[N, 2*H, 2*W, 3]")
            .replacing("f32(hr)", with: "hr")
        let model = try Model(source: SourceText(other, name: "other.graph"))
        #expect(
            errorText { _ = try TrainingInputs(model) }
                == "'small' cannot be trained on pictures: 'hr' is f32[N, 2*H, 2*W, 3], "
                + "the true picture is u8[N, 2*H, 2*W, 3]")
    }
}
