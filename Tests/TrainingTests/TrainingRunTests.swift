import Foundation
import Imaging
import Model
import Pack
import Synchronization
import Testing

@testable import Training

/// The smallest model that enlarges: one convolution, and a shuffle.
private let smallModel = """
    graph small<rate: float = 1>(lr: u8[N, H, W, 3]) -> (sr: f32[N, 2*H, 2*W, 3]) {
      x = f32(lr) / 255
      sr = 255 * depth_to_space(conv(x) @only, block = 2)
    }

    block conv(x: f32[N, H, W, C]) -> (y: f32[N, H, W, 12]) {
      weight filter: f32[3, 3, C, 12] ~ glorot_uniform
      weight bias: f32[12] ~ zeros
      y = conv2d(x, filter, pad = same) + bias
    }

    train small(hr: u8[N, 2*H, 2*W, 3]) {
      loss mae = mean(abs(sr - f32(hr)))
      metric psnr = psnr(sr, f32(hr), max = 255)
    }

    predict small -> (image: u8[N, 2*H, 2*W, 3]) { image = u8(round(clip(sr, 0, 255))) }
    """

struct TrainingRunTests {
    private let options: TrainingOptions = {
        var options = TrainingOptions()
        options.epochCount = 3
        options.stepsPerEpoch = 20
        options.batchCount = 4
        options.patchSide = 16
        options.schedule.base = 0.01
        options.validationCropLimit = 4
        options.threadCount = 2
        return options
    }()

    private func model() throws -> Model {
        try Model(source: SourceText(smallModel, name: "small.graph"), seed: 1)
    }

    private func run(
        _ model: Model, on folder: TestFolder, _ options: TrainingOptions, out: String,
        isInterrupted: @Sendable () -> Bool = { false }, report: @Sendable (TrainingEvent) -> Void
    ) throws -> TrainingRun.End {
        let data = try DataFolder(folder.path + "/pictures", scale: 2)
        let run = try TrainingRun(
            model, data: data, options, folder: RunFolder("\(folder.path)/\(out)", overwriting: false))
        return try run.run(isInterrupted: isInterrupted, report: report)
    }

    @Test func theLossFallsAndTheRunIsWritten() throws {
        let folder = try TestFolder()
        try folder.pictures(["a", "b", "c", "d"], in: "pictures")
        let losses = Mutex<[Double]>([])
        let validation = Mutex<[Double]>([])
        let end = try run(model(), on: folder, options, out: "runs/first") { event in
            if case .epoch(let progress, let psnr, _, _) = event {
                losses.withLock { $0.append(progress.means[0]) }
                validation.withLock { $0.append(psnr) }
            }
        }
        #expect(end == .finished)
        let means = losses.withLock { $0 }
        #expect(means.count == 3)
        #expect(means[2] < 0.6 * means[0])

        let out = folder.path + "/runs/first"
        let last = try Pack(contentsOf: out + "/last.gpack")
        #expect(last.training?["epoch"] == "3")
        #expect(last.training?["step"] == "60")
        #expect(
            last.states.map(\.path) == [
                "only.bias.adam_m", "only.bias.adam_v", "only.filter.adam_m", "only.filter.adam_v",
            ])
        let best = try Pack(contentsOf: out + "/best.gpack")
        #expect(best.training == nil && best.states.isEmpty)
        #expect(best.metadata["validation_psnr"] == "\(validation.withLock { $0.max() ?? 0 })")
        let history = try String(contentsOfFile: out + "/history.csv", encoding: .utf8)
        #expect(history.split(separator: "\n").count == 4)

        // The best pack is a model that reaches what was measured.
        let again = try Model(contentsOf: out + "/best.gpack")
        let files = try DataFolder(folder.path + "/pictures", scale: 2).validation
        let measured = try Validation(again, files, scale: 2, side: 32, cropLimit: 4, threadCount: 1).psnr()
        #expect(measured == validation.withLock { $0.max() })
    }

    @Test func aRunIsAFunctionOfItsInputs() throws {
        let folder = try TestFolder()
        try folder.pictures(["a", "b", "c"], in: "pictures")
        var other = options
        other.threadCount = 1
        other.cacheByteCount = 0
        _ = try run(model(), on: folder, options, out: "first") { _ in }
        _ = try run(model(), on: folder, other, out: "second") { _ in }
        let first = try Pack(contentsOf: folder.path + "/first/last.gpack")
        #expect(first.metadata["training_digest"]?.count == 64)
        #expect(try Pack(contentsOf: folder.path + "/second/last.gpack") == first)
        other.seed = 9
        _ = try run(model(), on: folder, other, out: "third") { _ in }
        #expect(try Pack(contentsOf: folder.path + "/third/last.gpack").weights != first.weights)
        // Of the same pictures elsewhere the digest is the same, of others another.
        let moved = try TestFolder()
        try moved.pictures(["a", "b", "c"], in: "copies")
        let original = try DataFolder(folder.path + "/pictures", scale: 2).trainingDigest(threadCount: 1)
        #expect(try DataFolder(moved.path + "/copies", scale: 2).trainingDigest(threadCount: 2) == original)
        #expect(original.map { "\($0)" } == first.metadata["training_digest"])
        try moved.pictures(["a", "b", "d"], in: "others")
        #expect(try DataFolder(moved.path + "/others", scale: 2).trainingDigest(threadCount: 1) != original)
    }

    @Test func aCheckpointOfAnotherRunBringsItsWeightsAlone() throws {
        let folder = try TestFolder()
        try folder.pictures(["a", "b"], in: "pictures")
        var options = options
        options.epochCount = 1
        _ = try run(model(), on: folder, options, out: "first") { _ in }
        for name in ["last", "best"] {
            let start = try Model(contentsOf: "\(folder.path)/first/\(name).gpack")
            _ = try run(start, on: folder, options, out: name) { _ in }
        }
        let fromLast = try Pack(contentsOf: folder.path + "/last/last.gpack")
        let fromBest = try Pack(contentsOf: folder.path + "/best/last.gpack")
        #expect(fromLast.weights == fromBest.weights)
        #expect(fromLast.states == fromBest.states)
    }

    @Test func anInterruptedRunLeavesItsLastStep() throws {
        let folder = try TestFolder()
        try folder.pictures(["a", "b"], in: "pictures")
        let stepCount = Atomic<Int>(0)
        let end = try run(
            model(), on: folder, options, out: "out",
            isInterrupted: { stepCount.load(ordering: .relaxed) >= 25 }
        ) { event in
            if case .step = event { stepCount.wrappingAdd(1, ordering: .relaxed) }
        }
        #expect(end == .interrupted)
        let last = try Pack(contentsOf: folder.path + "/out/last.gpack")
        #expect(last.training?["step"] == "25")
        #expect(last.training?["epoch"] == "1")
        #expect(try Pack(contentsOf: folder.path + "/out/best.gpack").metadata["step"] == "20")
    }

    @Test func aRunWithoutImprovementStopsEarly() throws {
        let folder = try TestFolder()
        try folder.pictures(["a", "b"], in: "pictures")
        var options = options
        options.epochCount = 50
        options.stepsPerEpoch = 1
        options.patience = 3
        // Steps too small to change a float leave every epoch as good as the first.
        options.schedule.base = 1e-30
        #expect(try run(model(), on: folder, options, out: "out", report: { _ in }) == .stoppedEarly)
        let last = try Pack(contentsOf: folder.path + "/out/last.gpack")
        #expect(last.training?["epoch"] == "4")
        #expect(last.training?["best_epoch"] == "1")
    }

    @Test func aLossThatIsNotFiniteEndsTheRunAndKeepsThePacks() throws {
        let folder = try TestFolder()
        try folder.pictures(["a", "b"], in: "pictures")
        let model = try model()
        let poisoned = Mutex(false)
        let text = message {
            _ = try run(model, on: folder, options, out: "out") { event in
                guard case .epoch = event, !poisoned.withLock({ $0 }) else { return }
                poisoned.withLock { $0 = true }
                try? model.parameters.setValues(Array(repeating: .nan, count: 12), of: "only.bias")
            }
        }
        #expect(text.hasPrefix("the loss 'mae' became nan at step 21: try a smaller --lr; the packs of epoch 1 stay"))
        let last = try Pack(contentsOf: folder.path + "/out/last.gpack")
        #expect(last.training?["step"] == "20")
        #expect(last.weights.allSatisfy { $0.values.allSatisfy(\.isFinite) })
    }

    @Test func anEarlierRunIsNotReplacedUnasked() throws {
        let folder = try TestFolder()
        try folder.write("mine", to: "history.csv")
        let expected =
            "\(folder.path)/history.csv: the folder holds a run already; name another, or give --overwrite to "
            + "replace it"
        #expect(message { _ = try RunFolder(folder.path, overwriting: false) } == expected)
        _ = try RunFolder(folder.path, overwriting: true)
        #expect(folder.content == ["history.csv"])
        try folder.write("", to: "file")
        let file = folder.path + "/file"
        #expect(message { _ = try RunFolder(file, overwriting: false) } == "\(file): is a file; name a folder")
    }

    @Test func modelsThatTakeSomethingElseAreRefused() throws {
        let other = smallModel.replacing("hr: u8[N, 2*H, 2*W, 3]", with: "hr: f32[N, 2*H, 2*W, 3]")
            .replacing("f32(hr)", with: "hr")
        let model = try Model(source: SourceText(other, name: "other.graph"))
        #expect(
            message { _ = try TrainingInputs(model) }
                == "'small' cannot be trained on pictures: 'hr' is f32[N, 2*H, 2*W, 3], "
                + "the true picture is u8[N, 2*H, 2*W, 3]")
    }

    @Test func anEvaluationNamesEachPictureAndTheirMean() throws {
        let folder = try TestFolder()
        try folder.pictures(["one", "second"], in: "pictures")
        let files = try DataFolder.forEvaluation(folder.path + "/pictures", scale: 2)
        let evaluation = try Evaluation(model(), files, threadCount: 1)
        #expect(evaluation.rows.map(\.name) == ["one", "second"])
        let pair = try PicturePair(files[1], scale: 2)
        #expect(
            try evaluation.rows[1].bicubic
                == Evaluation.Scores(pair.reduced.bicubicEnlargement(scale: 2), truth: pair.truth, border: 2))
        let rows = evaluation.rows.map(\.model.lumaPSNR)
        #expect(evaluation.mean.model.lumaPSNR == (rows[0] + rows[1]) / 2)
        let lines = evaluation.table.split(separator: "\n")
        #expect(lines.map { $0.prefix(8) } == ["        ", "picture ", "one     ", "second  ", "mean    "])
        #expect(Set(lines.map(\.count)).count == 1)
    }

    @Test func aPictureTooSmallToCompareIsNamed() throws {
        let folder = try TestFolder()
        try folder.pictures(["tiny"], in: "pictures", width: 12, height: 12)
        let files = try DataFolder.forEvaluation(folder.path + "/pictures", scale: 2)
        let text = message { _ = try Evaluation(model(), files, threadCount: 1) }
        #expect(text.hasPrefix("\(folder.path)/pictures/tiny.png: 12×12 pixels are too few to compare"))
    }
}
