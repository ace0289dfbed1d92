import GraphCompiler
import ModelFixtures
import Testing

@testable import GraphRuntime

/// The table says of each instruction what the plan does, and is no longer for a taller picture.
@Suite struct TaskTableTests {
    private func instructions(height: Int, bandRows: Int?, _ model: SmallModel = .all[0]) throws -> [Instruction] {
        try Pipeline.specialize(
            model.entry(.predict), sizes: ["N": 1, "H": height, "W": 7], instructionSet: .portable, bandRows: bandRows
        ).instructions
    }

    @Test(arguments: SmallModel.all + [.composed], [nil, 1, 4, 5])
    func everyInstructionIsThere(_ model: SmallModel, _ bandRows: Int?) throws {
        for height in [1, 9, 150, 151] {
            let instructions = try instructions(height: height, bandRows: bandRows, model)
            let table = try TaskTable(instructions)
            #expect(table.count == instructions.count)
            var rowsDone: [Instruction.Work: [Int]] = [:]
            for (index, instruction) in instructions.enumerated() {
                let task = table[index]
                #expect(task.rows == instruction.rows && table.works[Int(task.work)] == instruction.work)
                #expect(Int(task.ordinal) == rowsDone[instruction.work]?.count ?? 0)
                var waits: [RowWait] = []
                _ = table.waits(of: index) { wait in
                    let work = table.works[Int(wait.work)]
                    waits.append(RowWait(work, rowCount: rowsDone[work]?[Int(wait.count) - 1] ?? 0))
                    return true
                }
                // A table waits for the end of the instruction that makes the row.
                #expect(waits.map(\.work) == instruction.waits.map(\.work))
                for (found, wait) in zip(waits, instruction.waits) {
                    let sufficient = rowsDone[wait.work]?.first { $0 >= wait.rowCount }
                    #expect(found.rowCount == sufficient)
                }
                rowsDone[instruction.work, default: []].append(instruction.rows.upperBound)
            }
            for (work, count) in zip(table.works, table.taskCounts) { #expect(rowsDone[work]?.count == count) }
        }
    }

    @Test func turnsThatRepeatAreKeptOnce() throws {
        let short = try TaskTable(instructions(height: 400, bandRows: 4))
        let tall = try TaskTable(instructions(height: 4000, bandRows: 4))
        #expect(tall.count > 9 * short.count)
        #expect(tall.keptCount == short.keptCount && short.keptCount * 3 < short.count)
    }
}
