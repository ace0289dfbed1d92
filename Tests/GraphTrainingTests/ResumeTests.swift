import Foundation
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
}
