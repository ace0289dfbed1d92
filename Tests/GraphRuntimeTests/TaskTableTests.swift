import GraphCompiler
import GraphModelFixtures
import Testing

@testable import GraphRuntime

/// The table says of each instruction what the plan does, and is no longer for a taller picture.
@Suite struct TaskTableTests {
    private func program(height: Int, bandRows: Int?, _ model: SmallModel = .all[0]) throws -> Program {
        try Pipeline.plan(
            model.entry(.predict), sizes: ["N": 1, "H": height, "W": 7],
            PlanOptions(.portable, memory: .bands(rows: bandRows))
        ).program
    }

    private func table(height: Int) throws -> TaskTable {
        let program = try program(height: height, bandRows: 4)
        return try TaskTable(program, program.instructions)
    }

    @Test(arguments: SmallModel.all + [.composed], [nil, 1, 4, 5])
    func everyInstructionIsThere(_ model: SmallModel, _ bandRows: Int?) throws {
        for height in [1, 9, 150, 151] {
            let program = try program(height: height, bandRows: bandRows, model)
            let instructions = program.instructions
            let table = try TaskTable(program, instructions)
            #expect(table.count == instructions.count)
            var rowsDone: [Instruction.Work: [Int]] = [:]
            for (index, instruction) in instructions.enumerated() {
                let task = table[index]
                #expect(task.rows == instruction.rows && table.works[Int(task.work)] == instruction.work)
                #expect(Int(task.ordinal) == rowsDone[instruction.work]?.count ?? 0)
                var dependencies: [RowDependency] = []
                _ = table.dependencies(of: index) { dependency in
                    let work = table.works[Int(dependency.work)]
                    dependencies.append(RowDependency(work, rowCount: rowsDone[work]?[Int(dependency.count) - 1] ?? 0))
                    return true
                }
                // A table has the end of the instruction that makes the row.
                #expect(dependencies.map(\.work) == instruction.dependencies.map(\.work))
                for (found, dependency) in zip(dependencies, instruction.dependencies) {
                    let sufficient = rowsDone[dependency.work]?.first { $0 >= dependency.rowCount }
                    #expect(found.rowCount == sufficient)
                }
                rowsDone[instruction.work, default: []].append(instruction.rows.upperBound)
            }
            for (work, count) in zip(table.works, table.taskCounts) { #expect(rowsDone[work]?.count == count) }
        }
    }

    @Test func turnsThatRepeatAreKeptOnce() throws {
        let short = try table(height: 400), tall = try table(height: 4000)
        #expect(tall.count > 9 * short.count)
        #expect(tall.tasks.count == short.tasks.count && short.tasks.count * 3 < short.count)
    }
}
