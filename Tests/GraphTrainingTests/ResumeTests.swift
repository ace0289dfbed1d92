import Foundation
import GraphIR
import GraphModel
import GraphPack
import Synchronization
import GraphTestSupport
import Testing

@testable import GraphTraining

/// A run is a function of its inputs, for any number of threads, and stopped and resumed any number of times.
struct ResumeTests {
    /// With all that a checkpoint must keep.
    private func wholeRun() throws -> SmallRun {
        var run = try SmallRun(["a", "b", "c"])
        run.recipe.stepsPerEpoch = 6
        run.recipe.epochCount = 4
        run.recipe.averageDecay = 0.9
        run.recipe.clipNorm = 20
        run.recipe.learningRate = LearningRate(base: 0.01, warmUpStepCount: 5, course: .cosine(final: 1e-4))
        try run.begin(in: "whole")
        return run
    }

    @Test func threadsChangeNoByte() throws {
        var run = try wholeRun()
        for threadCount in [1, 3, 4] {
            run.options.threadCount = threadCount
            try run.begin(in: "threads \(threadCount)")
            #expect(try run.results("threads \(threadCount)") == run.results("whole"))
        }
    }

    @Test func aRunGoesOnFromAnyStep() throws {
        var run = try wholeRun()
        let expected = try run.results("whole")
        for stop in 1...13 {
            let steps = StepCounter(stop), more = StepCounter(stop)
            run.options.threadCount = 1 + stop % 3
            let first = try run.begin(in: "\(stop)", report: steps.count, isInterrupted: { steps.isInterrupted })
            let second = try run.resume("\(stop)", report: more.count, isInterrupted: { more.isInterrupted })
            #expect(first == .interrupted)
            #expect(second == (stop < 13 ? .interrupted : .finished))
            #expect(try run.resume("\(stop)") == .finished)
            #expect(try run.results("\(stop)") == expected, "stopped after step \(stop)")
        }
    }

    /// What another optimizer keeps is in the checkpoint, and nothing of Adam's.
    @Test(arguments: [Optimizer.adamW, .adan])
    func aRunGoesOnByItsOptimizer(_ optimizer: Optimizer) throws {
        var run = try SmallRun()
        run.recipe.stepsPerEpoch = 4
        run.recipe.epochCount = 2
        run.recipe.optimizer = optimizer
        run.recipe.weightDecay = 0.1
        try run.begin(in: "whole")
        for stop in [1, 5] {
            let steps = StepCounter(stop)
            #expect(try run.begin(in: "\(stop)", report: steps.count, isInterrupted: { steps.isInterrupted }) == .interrupted)
            #expect(try run.resume("\(stop)") == .finished)
            #expect(try run.results("\(stop)") == run.results("whole"), "stopped after step \(stop)")
        }
        let pack = try run.pack("whole/last.gpack")
        let endings = Set(pack.states.map { $0.path.suffix(7).drop { $0 != "." } })
        #expect(endings == Set(optimizer.stateEndings.map { $0[...] }))
        #expect(pack.training?["recipe.optimizer"] == optimizer.rawValue && pack.training?["recipe.weight_decay"] == "0.1")
        #expect(pack.metadata["recipe"]?.contains("\(optimizer.title) at 0.01, weight decay 0.1") == true)
        // Another decay gives other weights, and the model goes on by Adam where it is trained again.
        run.recipe.weightDecay = 0.2
        try run.begin(in: "other")
        #expect(try run.pack("other/best.gpack").weights != run.pack("whole/best.gpack").weights)
        run.recipe.optimizer = .adam
        try run.begin(Model(contentsOf: run.path("whole/best.gpack")), in: "adam")
        #expect(try run.pack("adam/last.gpack").states.contains { $0.path.hasSuffix(".adam_v") })
        #expect(try run.pack("adam/last.gpack").training?["recipe.optimizer"] == nil)
    }

    @Test func aRunGoesOnFromItsValidation() throws {
        let run = try wholeRun()
        let epochCount = Mutex(0), asked = Mutex(0)
        // Interrupted when it is asked for the second time after the last step of the second epoch.
        let end = try run.begin(
            in: "out",
            report: { event in
                if case .step(let progress) = event, progress.step == 6 { epochCount.withLock { $0 = progress.epoch } }
            },
            isInterrupted: {
                guard epochCount.withLock({ $0 }) == 2 else { return false }
                return asked.withLock {
                    $0 += 1
                    return $0 == 2
                }
            })
        #expect(end == .interrupted)
        let words = try #require(run.pack("out/last.gpack").training)
        #expect(words["step"] == "12" && words["epoch"] == "1")
        try run.resume("out")
        #expect(try run.results("out") == run.results("whole"))
    }

    /// What a kill leaves: the checkpoint of some step, and other files that are older or newer.
    @Test func aKilledRunGoesOnFromItsCheckpoint() throws {
        var run = try wholeRun()
        run.options.checkpointInterval = .steps(1)
        let saved = Mutex<[Data]>([])
        try run.begin(in: "out") { [folder = run.folder] event in
            if case .saved = event { saved.withLock { $0.append((try? folder.bytes("out/last.gpack")) ?? Data()) } }
        }
        #expect(saved.withLock { $0.count } == 4 * 5)
        for (index, checkpoint) in saved.withLock({ $0 }).enumerated() where index % 3 == 0 {
            try checkpoint.write(to: URL(fileURLWithPath: run.path("out/last.gpack").string))
            for name in [".last.gpack.partial", ".best.gpack.partial", ".history.csv.x1y2.part", ".history.svg.q.part"] {
                try run.folder.write("half", to: "out/\(name)")
            }
            try run.resume("out")
            #expect(try run.results("out") == run.results("whole"), "killed after checkpoint \(index)")
            #expect(try run.names("out") == ["best.gpack", "history.csv", "history.svg", "last.gpack", "times.csv"])
        }
    }

    @Test func moreEpochsGiveTheLongerRun() throws {
        var run = try SmallRun()
        run.recipe.epochCount = 4
        try run.begin(in: "long")
        run.recipe.epochCount = 2
        try run.begin(in: "short")
        #expect(try run.resume("short") == .finished)
        try run.resume("short", epochCount: 4)
        #expect(try run.pack("short/last.gpack") == run.pack("long/last.gpack"))
        #expect(try run.folder.bytes("short/history.csv") == run.folder.bytes("long/history.csv"))
    }

    /// A cosine falls over the whole run: one that is given another length is told of, and has another course from there on.
    @Test func aCosineOfAnotherLengthIsSaid() throws {
        var run = try SmallRun()
        run.recipe.epochCount = 2
        run.recipe.learningRate = LearningRate(base: 0.01, course: .cosine(final: 0))
        try run.begin(in: "out")
        let notes = Mutex<[String]>([])
        try run.resume("out", epochCount: 4) { event in
            if case .otherRates = event, let note = event.note { notes.withLock { $0.append(note) } }
        }
        let rate = run.recipe.learningRate.rate(step: 41, of: 80)
        #expect(
            notes.withLock { $0 } == [
                "the learning rate rises again, from 0.0 to \(rate), after step 40: its cosine falls over the whole run, which has "
                    + "another length now; what a run of 4 epochs gives is had by beginning one anew"
            ])

        // What has no steps, or none left, and what falls by steps, is the run that it would have been.
        run.recipe.learningRate.course = .piecewise([.init(afterStep: 30, rate: 1e-3)])
        run.recipe.epochCount = 2
        try run.begin(in: "pieces")
        var pieces = try Checkpoint(contentsOf: run.path("pieces/last.gpack"))
        #expect(try pieces.extend(epochCount: 4) == nil)
        var ended = try Checkpoint(contentsOf: run.path("out/last.gpack"))
        #expect(try ended.extend(patience: 20) == nil)
        #expect(errorText { _ = try ended.extend(epochCount: 0) } == "epochs: 0 is too few; give 1 or more")
        // In its middle a longer cosine may still be lower.
        let steps = StepCounter(2)
        run.recipe.learningRate.course = .cosine(final: 0)
        try run.begin(in: "middle", report: steps.count, isInterrupted: { steps.isInterrupted })
        var middle = try Checkpoint(contentsOf: run.path("middle/last.gpack"))
        #expect(try middle.extend(epochCount: 1)?.note?.hasPrefix("the learning rate goes on at 0.00") == true)
    }

    @Test func aRunByDirectConvolutionGoesOnAsSuch() throws {
        var run = try SmallRun(["a", "b", "c"])
        // Of 16 channels, so that there is another way.
        run.source = smallModel.replacing("conv(x) @only", with: "conv<12>(conv<16>(x) @first) @only")
            .replacing("block conv(", with: "block conv<out: int>(").replacing("12]", with: "out]")
        run.recipe.epochCount = 1
        try run.begin(in: "best")
        run.recipe.algorithm = .direct
        try run.begin(in: "whole")
        #expect(try run.pack("best/last.gpack").weights != run.pack("whole/last.gpack").weights)
        let steps = StepCounter(7)
        try run.begin(in: "stopped", report: steps.count, isInterrupted: { steps.isInterrupted })
        try run.resume("stopped")
        #expect(try run.results("stopped") == run.results("whole"))
    }

    @Test func otherPicturesAreNotTheRuns() throws {
        let run = try SmallRun(["a", "b", "c"])
        let steps = StepCounter(3)
        try run.begin(in: "out", report: steps.count, isInterrupted: { steps.isInterrupted })
        let before = try run.folder.bytes("out/last.gpack")
        try run.folder.pictures(["d"], in: "pictures")
        #expect(errorText { try run.resume("out") }.contains("these are not the pictures that the run in"))
        #expect(try run.folder.bytes("out/last.gpack") == before)
    }

    @Test func whatIsNoCheckpointIsNamed() throws {
        let run = try SmallRun()
        #expect(errorText { try run.resume("none") } == "\(run.path("none")): there is no such folder; is the name right?")
        let empty = run.path("pictures")
        #expect(errorText { try run.resume("pictures") }.hasPrefix("\(empty)/last.gpack: there is no checkpoint in this folder"))
        try run.begin(in: "out")
        let best = run.path("out/best.gpack")
        #expect(errorText { _ = try Checkpoint(contentsOf: best) }.hasPrefix("\(best): is a model, and no checkpoint"))
        var pack = try run.pack("out/last.gpack")
        pack.training?["recipe.ema"] = "0.5"
        try pack.write(to: run.path("out/last.gpack"))
        #expect(errorText { try run.resume("out") }.contains("cannot be resumed: it lacks the average of @only.bias"))
    }

    /// Whoever wrote them, the words of a checkpoint end in an error or in a run.
    @Test(arguments: [
        ("recipe.epochs", "9223372036854775807", "epochs: 9223372036854775807 is too many; give 1000000 or fewer"),
        ("recipe.steps_per_epoch", "9223372036854775807", "steps of an epoch: 9223372036854775807 is too many"),
        ("recipe.patch", "9223372036854775806", "the patch: 9223372036854775806 is too many; give 4096 or fewer"),
        ("recipe.batch", "5000", "crops of a batch: 5000 is too many"),
        ("recipe.warmup", "-1", "steps of warming up: -1 is too few; give 0 or more"),
        ("recipe.warmup", "9223372036854775807", "steps of warming up: 9223372036854775807 is too many"),
        ("recipe.validation_crops", "9223372036854775807", "validation crops: 9223372036854775807 is too many"),
        ("recipe.dropout", "0.5", "its training state holds 'recipe.dropout', which this version does not know"),
        ("epoch_sums", "1 2", "its training state tells of 1 measures, its model has 2"),
        ("epoch_sums", "1 2 3 4", "its training state tells of 3 measures, its model has 2"),
        ("history", "1 20 0.01 5 6 7", "its training state tells of 1 measures, its model has 2"),
        ("step", "41", "its training state says step 41, which is not in epoch 2"),
        ("step", "19", "its training state says step 19, which is not in epoch 2"),
        ("step", "9223372036854775807", "its training state says step 9223372036854775807, which is not in epoch 2"),
    ])
    func wordsThatFitNoRunAreRefused(_ key: String, _ word: String, _ message: String) throws {
        let run = try SmallRun()
        let steps = StepCounter(25)
        try run.begin(in: "out", report: steps.count, isInterrupted: { steps.isInterrupted })
        var pack = try run.pack("out/last.gpack")
        pack.training?[key] = word
        try pack.write(to: run.path("out/last.gpack"))
        let text = errorText { try run.resume("out") }
        #expect(text.hasPrefix("\(run.path("out/last.gpack")): cannot be resumed: \(message)"), "\(text)")
    }
}
