import GraphCompiler
import GraphRuntime
import GraphTestSupport
import Synchronization
import Testing

@testable import GraphTraining

/// A run keeps which instruction set computed it, and says so where it goes on on another.
struct InstructionSetTests {
    /// Notes of other instruction sets, in their order.
    private final class Notes: Sendable {
        private let texts = Mutex<[String]>([])
        var all: [String] { texts.withLock { $0 } }

        func keep(_ event: TrainingEvent) {
            if case .otherInstructionSet = event, let note = event.note { texts.withLock { $0.append(note) } }
        }
    }

    private static let other = InstructionSet.runnable.dropLast().last

    @Test(.enabled(if: other != nil, "this processor runs one instruction set"))
    func goingOnOnAnotherIsSaid() throws {
        let other = try #require(Self.other), best = InstructionSet.best
        var run = try SmallRun(["a", "b", "c"])
        run.options.instructionSet = other
        let steps = StepCounter(25)
        try run.begin(in: "out", report: steps.count, isInterrupted: { steps.isInterrupted })
        #expect(try run.pack("out/last.gpack").training?["instruction_sets"] == other.rawValue)
        #expect(try run.pack("out/best.gpack").metadata["instruction_sets"] == other.rawValue)

        let more = StepCounter(1), notes = Notes()
        run.options.instructionSet = best
        try run.resume(
            "out",
            report: { event in
                more.count(event)
                notes.keep(event)
            }, isInterrupted: { more.isInterrupted })
        try run.resume("out", report: notes.keep)
        #expect(
            notes.all == [
                "the run was computed on \(other.rawValue) and goes on on \(best.rawValue), which may round in another way: from "
                    + "here on it is no run of either"
            ])
        #expect(try run.pack("out/last.gpack").training?["instruction_sets"] == "\(other.rawValue) \(best.rawValue)")
    }

    @Test(.enabled(if: other != nil, "this processor runs one instruction set"))
    func goingOnOnTheSameGivesTheSame() throws {
        var run = try SmallRun(["a", "b", "c"])
        run.options.instructionSet = try #require(Self.other)
        try run.begin(in: "whole")
        let steps = StepCounter(25), notes = Notes()
        try run.begin(in: "out", report: steps.count, isInterrupted: { steps.isInterrupted })
        try run.resume("out", report: notes.keep)
        #expect(notes.all.isEmpty)
        #expect(try run.results("out") == run.results("whole"))
    }

    @Test func aCheckpointThatSaysNothingGoesOn() throws {
        let run = try SmallRun()
        let steps = StepCounter(5), notes = Notes()
        try run.begin(in: "out", report: steps.count, isInterrupted: { steps.isInterrupted })
        var pack = try run.pack("out/last.gpack")
        for key in ["instruction_sets", "best_digest", "history_digest", "chart_digest"] { pack.training?[key] = nil }
        try pack.write(to: run.path("out/last.gpack"))
        #expect(try run.resume("out", report: notes.keep) == .finished)
        #expect(notes.all.isEmpty)
    }

    @Test(.enabled(if: InstructionSet.runnable.count < InstructionSet.allCases.count, "this processor runs all"))
    func whatThisProcessorDoesNotRunIsRefused() throws {
        var run = try SmallRun()
        run.options.instructionSet = try #require(InstructionSet.allCases.last)
        #expect(errorText { try run.begin(in: "out") }.hasPrefix("this processor does not run avx512; it runs portable"))
    }
}
