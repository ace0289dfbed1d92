import GraphCompiler
import GraphIR
import GraphModelFixtures
import Testing

/// The networks that `Tools/compare-models` measures compute what the reference implementations say, whatever the work is
/// cut into.
@Suite struct NetworkTests {
    @Test(arguments: SmallModel.networks)
    func everyEntryEqualsTheInterpreter(_ network: SmallModel) throws {
        for sizes in [network.sizes(N: 1, H: 1, W: 2), network.sizes(N: 2, H: 3, W: 1)] {
            for role in Role.allCases {
                let entry = EntryCase(try network.entry(role), sizes: sizes, seed: 7)
                let expected = try entry.interpreted()
                for instructionSet in InstructionSet.runnable {
                    let found = try entry.executed(instructionSet, bandRows: nil, threadCount: 2)
                    // As of `ProgramsAgainstInterpreterTests`.
                    #expect(found.difference(from: expected) < (role == .predict ? 1.001 : 2e-4), "\(role) \(instructionSet)")
                }
            }
        }
    }

    @Test(arguments: SmallModel.networks)
    func bandsAndThreadsChangeNoByte(_ network: SmallModel) throws {
        for sizes in [network.sizes(N: 1, H: 3, W: 2), network.sizes(N: 2, H: 1, W: 1)] {
            for role in Role.allCases {
                let entry = EntryCase(try network.entry(role), sizes: sizes, seed: 11)
                let whole = try entry.executed(.best, bandRows: nil, threadCount: 1)
                for bandRows in [nil, 1, 4, 5] {
                    let program = try entry.planned(.best, bandRows: bandRows)
                    for threadCount in 1...4 {
                        let found = try entry.executed(program, threadCount: threadCount)
                        #expect(found == whole, "\(role) in bands of \(bandRows ?? 0) on \(threadCount) threads")
                    }
                }
            }
        }
    }
}

extension SmallModel {
    /// Sizes of pictures that the network takes: so many times its multiple, and of those of any size some more.
    fileprivate func sizes(N: Int, H: Int, W: Int) -> [String: Int] {
        let multiple = sideMultiple == 1 ? 5 : sideMultiple
        return ["N": N, "H": H * multiple, "W": W * multiple + (sideMultiple == 1 ? 1 : 0)]
    }
}
