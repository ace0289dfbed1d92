import GraphCompiler
import GraphIR
import GraphRuntime
import GraphModelFixtures
import Testing

/// The fused, planned, multithreaded program computes what the reference implementations say.
@Suite struct ProgramsAgainstInterpreterTests {
    @Test(arguments: SmallModel.all + [.composed], [[1, 1, 1], [1, 1, 9], [1, 7, 1], [2, 5, 3], [3, 6, 13]])
    func everyEntryEqualsTheInterpreter(_ model: SmallModel, _ sizes: [Int]) throws {
        for role in Role.allCases {
            let entry = try model.entry(role)
            let case_ = EntryCase(entry, sizes: ["N": sizes[0], "H": sizes[1], "W": sizes[2]], seed: 7)
            let expected = try case_.interpreted()
            for instructionSet in InstructionSet.runnable {
                let found = try case_.executed(instructionSet, bandRows: nil, threadCount: 2)
                // Sums are taken in another order, and a scale folded into a filter rounds once more: some
                // 1e-5 of the largest value. Whole pixels may fall on the other side of a half.
                #expect(found.difference(from: expected) < (role == .predict ? 1.001 : 2e-4), "\(role) \(instructionSet)")
            }
        }
    }

    @Test(arguments: SmallModel.all + [.composed])
    func bandsAndThreadsChangeNoByte(_ model: SmallModel) throws {
        for sizes in [["N": 1, "H": 1, "W": 1], ["N": 1, "H": 23, "W": 6], ["N": 3, "H": 10, "W": 5]] {
            for role in Role.allCases {
                let case_ = EntryCase(try model.entry(role), sizes: sizes, seed: 11)
                let whole = try case_.executed(.best, bandRows: nil, threadCount: 1)
                for bandRows in [nil, 1, 3, 4, 7] {
                    let program = try case_.planned(.best, bandRows: bandRows)
                    for threadCount in [1, 2, 3, 4] {
                        let found = try case_.executed(program, threadCount: threadCount)
                        #expect(found == whole, "\(role) in bands of \(bandRows ?? 0) on \(threadCount) threads")
                    }
                }
            }
        }
    }

    @Test(
        .enabled(if: InstructionSet.runnable.count > 2, "this processor has vectors of one width"),
        arguments: SmallModel.all + [.composed])
    func vectorsOfAnyWidthGiveEqualBytes(_ model: SmallModel) throws {
        for role in Role.allCases {
            let case_ = EntryCase(try model.entry(role), sizes: ["N": 2, "H": 13, "W": 11], seed: 3)
            let found = try InstructionSet.runnable.filter { $0 != .portable }
                .map { try case_.executed($0, bandRows: nil, threadCount: 2) }
            #expect(found.dropFirst().allSatisfy { $0 == found[0] }, "\(role)")
        }
    }

    @Test func theComposedModelIsWhatItSays() throws {
        let program = try Pipeline.plan(
            SmallModel.composed.entry(.predict), sizes: ["N": 1, "H": 9, "W": 7], PlanOptions(.portable)
        ).program
        #expect(program.steps.count { $0.kernel == .conv2DComposed } == 1)
    }

    @Test func rollingBuffersHoldFewRows() throws {
        let entry = try SmallModel.all[0].entry(.predict)
        let sizes = ["N": 1, "H": 400, "W": 16]
        let whole = try Pipeline.plan(entry, sizes: sizes, PlanOptions(.portable)).program
        let banded = try Pipeline.plan(entry, sizes: sizes, PlanOptions(.portable, memory: .bands(rows: 4))).program
        let taller = try Pipeline.plan(
            entry, sizes: ["N": 1, "H": 4000, "W": 16], PlanOptions(.portable, memory: .bands(rows: 4))
        ).program
        #expect(banded.arenaByteCount * 8 < whole.arenaByteCount)
        #expect(taller.arenaByteCount == banded.arenaByteCount)
    }
}
