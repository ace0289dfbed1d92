import GraphCompiler
import GraphIR
import ModelFixtures
import Testing

/// Workers find work: a plan's waits are followed on paper, each instruction taking the time of its operations.
@Suite struct ParallelismTests {
    /// EDSR with the paper's baseline, by the way its rows are worked on.
    @Test(arguments: [(128, 128, nil, 3.9), (339, 510, 4, 3.4), (1000, 510, 4, 3.6), (400, 256, 8, 3.4)] as [(Int, Int, Int?, Double)])
    func noStepHoldsFourWorkersUp(_ height: Int, _ width: Int, _ bandRows: Int?, _ least: Double) throws {
        var model = SmallModel.all[0]
        model.parameters = [:]
        let entry = try model.entry(.predict)
        let program = try Pipeline.specialize(
            entry, sizes: ["N": 1, "H": height, "W": width], instructionSet: .avx2, bandRows: bandRows)
        #expect(speedup(of: program, workers: 1) == 1)
        #expect(speedup(of: program, workers: 2) > 1.93)
        #expect(speedup(of: program, workers: 4) > least)
    }

    /// Workers take instructions in order and wait as they do in a run.
    private func speedup(of program: Program, workers: Int) -> Double {
        var freeAt = Array(repeating: 0.0, count: workers)
        var work = 0.0
        // For each step, source and sink, when it has done how many rows.
        var progress: [Instruction.Work: [(rowCount: Int, time: Double)]] = [:]
        for instruction in program.instructions {
            var duration = 1.0
            if case .step(let step) = instruction.work {
                duration = Double(instruction.rows.count) * Double(program.steps[step].operationsPerRow)
            }
            let worker = freeAt.indices.min { freeAt[$0] < freeAt[$1] } ?? 0
            var start = freeAt[worker]
            for wait in instruction.waits {
                let counts = progress[wait.work] ?? []
                // The last count that is still too small; the one behind it is waited for.
                let place = counts.lastIndex { $0.rowCount < wait.rowCount }.map { $0 + 1 } ?? 0
                start = max(start, place < counts.count ? counts[place].time : .infinity)
            }
            freeAt[worker] = start + duration
            work += duration
            // Counts move in order: a row is done when all before it are.
            let before = progress[instruction.work]?.last?.time ?? 0
            progress[instruction.work, default: []].append((instruction.rows.upperBound, max(before, start + duration)))
        }
        return work / (freeAt.max() ?? 1)
    }
}
