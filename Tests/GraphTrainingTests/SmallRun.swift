import Foundation
import GraphModel
import GraphPack
import GraphRuntime
import Synchronization
import GraphTestSupport

@testable import GraphTraining
import SystemPackage

/// The smallest model that enlarges: one convolution, and a shuffle.
let smallModel = """
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

/// A run of that model, short enough for tests.
struct SmallRun {
    var folder: TemporaryFolder
    var recipe: Recipe = {
        var recipe = Recipe()
        recipe.epochCount = 3
        recipe.stepsPerEpoch = 20
        recipe.batchCount = 4
        recipe.patchSide = 16
        recipe.learningRate = LearningRate(base: 0.01)
        recipe.validationCropLimit = 4
        return recipe
    }()
    var options: RunOptions = {
        var options = RunOptions()
        options.threadCount = 2
        return options
    }()
    var source = smallModel
    var extras = TrainingExtras()

    /// With pictures of these names in the folder `pictures`.
    init(_ names: [String] = ["a", "b"]) throws {
        folder = TemporaryFolder()
        try folder.pictures(names, in: "pictures")
    }

    var model: Model { get throws { try Model(source: SourceText(source, name: "small.graph"), seed: 1) } }

    func path(_ name: String) -> FilePath { folder.path.appending(name) }

    /// Begins a run in the folder `out` and lets it go on to its end.
    @discardableResult
    func begin(
        _ model: Model? = nil, in out: String, ranks: any RankGroup = LoneRank(),
        report: @Sendable (TrainingEvent) -> Void = { _ in },
        isInterrupted: @Sendable () -> Bool = { false }
    ) throws -> TrainingRun.End {
        let model = try model ?? self.model
        let data = try TrainingData([path("pictures")], for: TrainingInputs(model), extras: extras)
        let start = try Checkpoint(beginning: model, recipe, dataPaths: data.paths, extras: extras)
        let run = try TrainingRun(start, data: data, options, folder: RunFolder(path(out), overwriting: false), ranks: ranks)
        return try run.run(isInterrupted: isInterrupted, report: report)
    }

    /// Goes on with what the folder `out` holds.
    @discardableResult
    func resume(
        _ out: String, epochCount: Int? = nil, ranks: any RankGroup = LoneRank(),
        report: @Sendable (TrainingEvent) -> Void = { _ in },
        isInterrupted: @Sendable () -> Bool = { false }
    ) throws -> TrainingRun.End {
        let folder = try RunFolder(resuming: path(out))
        var checkpoint = try Checkpoint(contentsOf: folder.lastPath)
        if let event = try checkpoint.extend(epochCount: epochCount) { report(event) }
        let data = try TrainingData(checkpoint.dataPaths, for: TrainingInputs(checkpoint.model), extras: checkpoint.extras)
        let run = try TrainingRun(checkpoint, data: data, options, folder: folder, ranks: ranks)
        return try run.run(isInterrupted: isInterrupted, report: report)
    }

    /// Names of all files in the folder `out`, hidden ones too.
    func names(_ out: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: path(out).string).sorted()
    }

    func pack(_ name: String) throws -> Pack { try Pack(contentsOf: path(name)) }

    /// What equal runs have equal, to the byte.
    func results(_ out: String) throws -> [Data] {
        try ["best.gpack", "last.gpack", "history.csv", "history.svg"].map { try folder.bytes("\(out)/\($0)") }
    }
}

/// Interrupts a run after a number of its own steps.
final class StepCounter: Sendable {
    private let left: Mutex<Int>

    init(_ count: Int) { left = Mutex(count) }

    var isInterrupted: Bool { left.withLock { $0 <= 0 } }

    func count(_ event: TrainingEvent) {
        if case .step = event { left.withLock { $0 -= 1 } }
    }
}
