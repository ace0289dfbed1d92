import Foundation
import GraphIR
import GraphModel
import GraphPack
import GraphRuntime
import GraphTestSupport
import Testing
import ThreadRanks

@testable import GraphTraining

/// A batch of several lanes: what it computes, and that it is the same for any number of ranks, threads and stops.
struct LaneTests {
    /// With all that ranks must keep alike.
    private func run(lanes: Int) throws -> SmallRun {
        var run = try SmallRun(["a", "b", "c"])
        run.recipe.stepsPerEpoch = 5
        run.recipe.epochCount = 2
        run.recipe.batchCount = 8
        run.recipe.laneCount = lanes
        run.recipe.averageDecay = 0.9
        run.recipe.clipNorm = 20
        return run
    }

    @Test(arguments: [2, 8])
    func ranksAndThreadsChangeNoByte(_ lanes: Int) throws {
        let run = try run(lanes: lanes)
        try run.begin(in: "whole")
        let expected = try run.results("whole")
        for count in [1, 2, 4, 8] where count <= lanes {
            var run = run
            run.options.threadCount = 1 + count % 3
            let ended = ThreadRanks.run(on: count) { [run] ranks in errorText { try run.begin(in: "\(count)", ranks: ranks) } }
            #expect(ended == Array(repeating: "no error", count: count))
            #expect(try run.results("\(count)") == expected, "\(count) ranks")
        }
    }

    @Test(arguments: [Optimizer.adamW, .adan])
    func everyOptimizerIsSharedOut(_ optimizer: Optimizer) throws {
        var run = try run(lanes: 4)
        run.recipe.optimizer = optimizer
        try run.begin(in: "whole")
        let ended = ThreadRanks.run(on: 4) { [run] ranks in errorText { try run.begin(in: "four", ranks: ranks) } }
        #expect(ended == Array(repeating: "no error", count: 4))
        #expect(try run.results("four") == run.results("whole"))
    }

    @Test func aRunGoesOnOnOtherRanks() throws {
        let run = try run(lanes: 4)
        try run.begin(in: "whole")
        for stop in [1, 5, 7] {
            let steps = StepCounter(stop)
            let ends = ThreadRanks.run(on: 4) { [run] ranks in
                try? run.begin(in: "\(stop)", ranks: ranks, report: steps.count, isInterrupted: { steps.isInterrupted })
            }
            #expect(ends == Array(repeating: .interrupted, count: 4))
            let again = ThreadRanks.run(on: 2) { [run] ranks in try? run.resume("\(stop)", ranks: ranks) }
            #expect(again == [.finished, .finished])
            #expect(try run.results("\(stop)") == run.results("whole"), "stopped after step \(stop)")
        }
    }

    /// The mean of lanes' gradients is that of the whole batch but for rounding, and Adam the same.
    @Test func lanesTrainAsAWholeBatchDoes() throws {
        var whole = try run(lanes: 1)
        whole.recipe.epochCount = 1
        try whole.begin(in: "whole")
        var lanes = whole
        lanes.recipe.laneCount = 4
        try lanes.begin(in: "lanes")
        let (first, second) = (try whole.pack("whole/last.gpack"), try whole.pack("lanes/last.gpack"))
        for (one, other) in zip(first.weights + first.states, second.weights + second.states) {
            #expect(one.path == other.path && one.values.count == other.values.count)
            // Adam's first steps go as far for any gradient, and turn rounding of those near zero into more.
            let largest = one.values.map(abs).max() ?? 0
            #expect(zip(one.values, other.values).allSatisfy { abs($0 - $1) <= 2e-3 * largest + 1e-6 }, "@\(one.path)")
        }
        #expect(second.training?["recipe.lanes"] == "4" && first.training?["recipe.lanes"] == nil)
    }

    /// A state becomes the mean of what the lanes make of it: one that counts steps goes on counting them.
    @Test func statesAreMeansOverLanes() throws {
        var run = try run(lanes: 4)
        run.source = StateTests.text
        run.recipe.epochCount = 1
        let ended = ThreadRanks.run(on: 2) { [run] ranks in errorText { try run.begin(in: "out", ranks: ranks) } }
        #expect(ended == ["no error", "no error"])
        let states = try run.pack("out/last.gpack").states
        #expect(states.first { $0.path == "gain" }?.values == [0.5, 0.5, 0.5])
        #expect(states.first { $0.path == "seen" }?.values == [6])
    }

    @Test func whatDoesNotFitIsRefused() throws {
        var run = try run(lanes: 3)
        #expect(
            errorText { try run.begin(in: "out") }
                == "a batch of 8 has no 3 lanes of equal length; give a power of two that divides it")
        run.recipe.laneCount = 2
        let errors = ThreadRanks.run(on: 4) { [run] ranks in errorText { try run.begin(in: "out", ranks: ranks) } }
        #expect(
            errors[0]
                == "4 ranks cannot share out 2 lanes: ranks are a power of two, and at most as many as lanes; start fewer, or begin "
                + "a run of more lanes")
    }

    @Test func unequalRanksAreRefused() throws {
        let run = try run(lanes: 2)
        let errors = ThreadRanks.run(on: 2) { [run] ranks in
            var run = run
            if ranks.rank == 1 { run.recipe.seed = 5 }
            return errorText { [run] in try run.begin(in: "out", ranks: ranks) }
        }
        #expect(
            errors == [
                "rank 1 has another recipe than rank 0; give all ranks the same files and options",
                "rank 0 has ended the run",
            ])
    }

    /// Weights and how often a run is saved are a part of what all ranks have to begin with.
    @Test func unequalWeightsAreRefused() throws {
        let run = try run(lanes: 2)
        for changesWeights in [true, false] {
            let errors = ThreadRanks.run(on: 2) { [run] ranks in
                errorText {
                    var run = run
                    let model = try run.model
                    if ranks.rank == 1, changesWeights {
                        try model.parameters.setValues(Array(repeating: 0.5, count: 12), of: "only.bias")
                    } else if ranks.rank == 1 {
                        run.options.checkpointInterval = .steps(1)
                    }
                    try run.begin(model, in: "out", ranks: ranks)
                }
            }
            let what = changesWeights ? "weights" : "interval between checkpoints"
            #expect(errors[0].hasPrefix("rank 1 has another \(what) than rank 0"), "\(errors)")
            #expect(errors[1] == "rank 0 has ended the run")
        }
    }

    /// Of what is done together within what is done together, too, the rank that failed says why.
    @Test func theCauseOfAFailureIsKept() {
        let errors = ThreadRanks.run(on: 3) { ranks in
            errorText {
                try ranks.together { () throws(TrainingError) in
                    try ranks.together { () throws(TrainingError) in
                        if ranks.rank == 2 { throw .lanes(3, cropCount: 8) }
                    }
                }
            }
        }
        #expect(errors[0] == "rank 2 has ended the run" && errors[1] == errors[0])
        #expect(errors[2].hasPrefix("a batch of 8 has no 3 lanes"))
    }

    @Test func aLossThatIsNotFiniteEndsAll() throws {
        var run = try run(lanes: 2)
        run.recipe.averageDecay = 0
        let errors = ThreadRanks.run(on: 2) { [run] ranks in
            errorText {
                let model = try run.model
                try model.parameters.setValues(Array(repeating: .infinity, count: 12), of: "only.bias")
                try run.begin(model, in: "out", ranks: ranks)
            }
        }
        #expect(errors[0].hasPrefix("the loss 'mae' became inf at step 1: "), "\(errors)")
        #expect(errors[1] == "rank 0 has ended the run")
    }

    /// A picture that one rank cannot read ends all, and what was trained is saved.
    @Test func aRankThatFailsEndsAll() throws {
        var run = try run(lanes: 2)
        run.options.cacheByteCount = 0
        let errors = ThreadRanks.run(on: 2) { [run] ranks in
            errorText {
                try run.begin(in: "out", ranks: ranks) { event in
                    guard case .step(let progress) = event, progress.step == 2 else { return }
                    for name in ["a", "b", "c"] { _ = truncate(run.path("pictures/\(name).png").string, 100) }
                }
            }
        }
        #expect(Set(errors.map { $0.contains("has ended the run") }) == [false, true], "\(errors)")
        #expect(errors.allSatisfy { $0.contains("the run is saved after step") }, "\(errors)")
        #expect(try Checkpoint(contentsOf: run.path("out/last.gpack")).state.step >= 2)
    }
}
