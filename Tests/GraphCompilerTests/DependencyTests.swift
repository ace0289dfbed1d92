import GraphIR
import GraphModelFixtures
import Testing

@testable import GraphCompiler

/// Dependencies order every two instructions that touch the same memory, as far as one of them writes: found by following each
/// cache line of the arena through the list.
@Suite struct DependencyTests {
    @Test(arguments: SmallModel.all + [.composed], [nil, 1, 3, 4, 8])
    func conflictingInstructionsDependOnOneAnother(_ model: SmallModel, _ bandRows: Int?) throws {
        for role in [Role.predict, .train] {
            for sizes in [["N": 1, "H": 1, "W": 3], ["N": 1, "H": 41, "W": 5], ["N": 3, "H": 10, "W": 4]] {
                let program = try Pipeline.plan(
                    model.entry(role), sizes: sizes, PlanOptions(.portable, memory: .bands(rows: bandRows))
                ).program
                #expect(unorderedPair(in: program) == nil, "\(role) \(sizes)")
            }
        }
    }

    /// Whole images in tasks as small as they can be: buffers of the same rows are taken over by many tasks.
    @Test(arguments: SmallModel.all + [.composed])
    func smallTasksOfWholeImagesDependOnOneAnother(_ model: SmallModel) throws {
        for role in [Role.predict, .train] {
            var steps = try Pipeline.plan(
                model.entry(role), sizes: ["N": 2, "H": 21, "W": 5], PlanOptions(.portable)
            ).program
            for index in steps.steps.indices { steps.steps[index].rowsPerTask = steps.steps[index].rowUnit }
            for index in steps.buffers.indices { steps.buffers[index].inPlaceOf = nil }
            let program = try Pipeline.planned(Pipeline.scheduled(steps, bandRows: nil))
            #expect(program.instructions.count > steps.instructions.count)
            #expect(unorderedPair(in: program) == nil, "\(role)")
        }
    }

    /// Two instructions that may run at once and must not.
    private func unorderedPair(in program: Program) -> String? {
        let lineCount = program.arenaByteCount / 64 + 1
        var writer = [Int?](repeating: nil, count: lineCount)
        var readers = [[Int]](repeating: [], count: lineCount)
        var ended = Ended()
        let steps = StepAccesses(program)
        for (index, instruction) in program.instructions.enumerated() {
            let before = ended.before(instruction)
            for (buffer, access) in steps.accesses(of: instruction, at: index) {
                for line in lines(of: program.buffers[buffer], access.rows) {
                    let rivals = (writer[line].map { [$0] } ?? []) + (access.isWrite ? readers[line] : [])
                    if let rival = rivals.first(where: { $0 != index && !before.contains($0) }) {
                        return "\(program.name(of: instruction.work)) \(instruction.rows) does not depend on instruction \(rival)"
                    }
                    if access.isWrite {
                        writer[line] = index
                        readers[line] = []
                    } else if readers[line].last != index {
                        readers[line].append(index)
                    }
                }
            }
            ended.append(index, instruction, before)
        }
        return nil
    }

    /// The cache lines in the arena where rows of a buffer lie.
    private func lines(of buffer: Buffer, _ rows: Range<Int>) -> [Int] {
        guard case .arena(let offset) = buffer.storage else { return [] }
        return rows.flatMap { row in
            let begin = offset + row % buffer.rowCapacity * buffer.rowByteStride
            return begin / 64..<(begin + max(1, buffer.rows.rowByteCount) + 63) / 64
        }
    }

    /// Indices of instructions.
    private struct IndexSet {
        private var words: [UInt64] = []

        func contains(_ index: Int) -> Bool { index / 64 < words.count && words[index / 64] >> (index % 64) & 1 == 1 }

        mutating func insert(_ index: Int) {
            while words.count <= index / 64 { words.append(0) }
            words[index / 64] |= 1 << (index % 64)
        }

        mutating func formUnion(_ other: IndexSet) {
            while words.count < other.words.count { words.append(0) }
            for place in other.words.indices { words[place] |= other.words[place] }
        }
    }

    /// What has ended for sure before instructions that honour their dependencies.
    private struct Ended {
        /// Rows done after each instruction of a step, source or sink, and all that has ended by then.
        private var history: [Instruction.Work: [(rowCount: Int, ended: IndexSet)]] = [:]

        func before(_ instruction: Instruction) -> IndexSet {
            instruction.dependencies.reduce(into: IndexSet()) { ended, dependency in
                if let done = history[dependency.work]?.first(where: { $0.rowCount >= dependency.rowCount }) {
                    ended.formUnion(done.ended)
                }
            }
        }

        mutating func append(_ index: Int, _ instruction: Instruction, _ before: IndexSet) {
            // Counts move in order: when an instruction has been counted, those of its step before it have.
            var ended = history[instruction.work]?.last?.ended ?? IndexSet()
            ended.formUnion(before)
            ended.insert(index)
            history[instruction.work, default: []].append((instruction.rows.upperBound, ended))
        }
    }
}
