import Foundation
import GraphTestSupport
import Synchronization
import Testing

@testable import GraphTraining

/// Files of a run that were taken away or changed between its processes are noticed before it is said to have ended.
struct AlteredFilesTests {
    enum Change: CaseIterable { case removed, cutShort, replaced }

    /// What a run told of its files.
    private final class Notes: Sendable {
        private let events = Mutex<[TrainingEvent]>([])
        var texts: [String] { events.withLock { $0.compactMap(\.note) } }

        func keep(_ event: TrainingEvent) {
            switch event {
            case .madeAgain, .bestLost: events.withLock { $0.append(event) }
            default: break
            }
        }
    }

    private func alter(_ name: String, of run: SmallRun, _ change: Change) throws {
        let url = URL(fileURLWithPath: run.path(name).string)
        switch change {
        case .removed: try run.folder.remove(name)
        case .cutShort: try run.folder.bytes(name).dropLast(9).write(to: url)
        case .replaced:
            try Data(contentsOf: URL(fileURLWithPath: run.path("other/\(url.lastPathComponent)").string)).write(to: url)
        }
    }

    /// Runs that have ended, of another seed in `other`.
    private func runs(_ change: (inout SmallRun) -> Void = { _ in }) throws -> SmallRun {
        var run = try SmallRun(["a", "b", "c"])
        change(&run)
        run.recipe.seed = 5
        try run.begin(in: "other")
        run.recipe.seed = 0
        try run.begin(in: "out")
        return run
    }

    @Test(arguments: ["history.csv", "history.svg", "best.gpack"], Change.allCases)
    func whatTheCheckpointTellsIsMadeAgain(_ name: String, _ change: Change) throws {
        let run = try runs()
        // The last epoch is the best.
        #expect(try run.pack("out/last.gpack").training?["best_epoch"] == "3")
        let before = try run.results("out")
        try alter("out/\(name)", of: run, change)
        let notes = Notes()
        #expect(try run.resume("out", report: notes.keep) == .finished)
        #expect(
            notes.texts == ["\(run.path("out/\(name)")): taken away or changed since the run was saved, and made again"])
        #expect(try run.results("out") == before)
    }

    @Test(arguments: Change.allCases)
    func aRunWhoseBestWeightsAreLostIsNotFinished(_ change: Change) throws {
        // Steps too small to change a float leave every epoch as good as the first.
        let run = try runs { $0.recipe.learningRate.base = 1e-30 }
        #expect(try run.pack("out/last.gpack").training?["best_epoch"] == "1")
        let best = try run.folder.bytes("out/best.gpack")
        // Equal weights are what is asked for, whatever the words beside them.
        if change == .replaced { return }
        try alter("out/best.gpack", of: run, change)
        let lost =
            "\(run.path("out/best.gpack")): was taken away or changed since epoch 1, the best of the run, wrote it; put it back, "
            + "or use the weights of the last epoch, in \(run.path("out/last.gpack"))"
        #expect(errorText { try run.resume("out") } == lost)
        // A longer run says so when it begins, and again when it has found no better ones.
        let notes = Notes()
        #expect(errorText { try run.resume("out", epochCount: 4, report: notes.keep) } == lost)
        #expect(notes.texts.map { $0.contains("the best so far, wrote it; put it back, or a better epoch writes") } == [true])
        try best.write(to: URL(fileURLWithPath: run.path("out/best.gpack").string))
        #expect(try run.resume("out", epochCount: 4) == .finished)
    }

    /// What a process leaves that is killed between writing the best weights and its checkpoint.
    @Test func newerBestWeightsThanTheCheckpointAreNoChange() throws {
        let run = try SmallRun(["a", "b", "c"])
        try run.begin(in: "whole")
        let steps = StepCounter(45), notes = Notes()
        try run.begin(in: "out", report: steps.count, isInterrupted: { steps.isInterrupted })
        try run.folder.bytes("whole/best.gpack").write(to: URL(fileURLWithPath: run.path("out/best.gpack").string))
        try run.resume("out", report: notes.keep)
        #expect(notes.texts.isEmpty)
        #expect(try run.results("out") == run.results("whole"))
    }

    @Test func aRunThatWentOnElsewhereIsNotSetBack() throws {
        let run = try SmallRun(["a", "b", "c"])
        let steps = StepCounter(5)
        try run.begin(in: "out", report: steps.count, isInterrupted: { steps.isInterrupted })
        let folder = try RunFolder(resuming: run.path("out"))
        let checkpoint = try Checkpoint(contentsOf: folder.lastPath)
        let data = try TrainingData(checkpoint.dataPaths, scale: 2)
        let late = try TrainingRun(checkpoint, data: data, run.options, folder: folder)
        try run.resume("out")
        let ended = try run.results("out")
        #expect(
            errorText { _ = try late.run { _ in } }
                == "\(folder.lastPath): another run wrote it while this one began; go on from what it holds now")
        #expect(try run.results("out") == ended)
    }

    @Test func aRunThatBeganMeanwhileIsNotReplaced() throws {
        let run = try SmallRun(["a", "b", "c"])
        let data = try TrainingData([run.path("pictures")], scale: 2)
        let start = try Checkpoint(beginning: run.model, run.recipe, dataPaths: data.paths)
        let late = try TrainingRun(
            start, data: data, run.options, folder: RunFolder(run.path("out"), overwriting: false))
        try run.begin(in: "out")
        let ended = try run.results("out")
        #expect(errorText { _ = try late.run { _ in } }.contains("the folder holds a run already"))
        #expect(try run.results("out") == ended)
    }
}
