import GraphIR

/// Proves that a plan computes what its graph says, whatever order its dependencies allow.
///
/// The invariants:
/// 1. Each group of the graph has a step, and steps stand behind those that make what they read.
/// 2. Each instruction's rows exist, in whole units of its step, and every instruction of a step, source
///    or sink goes on where the one before it ended; at the end every row has been made and taken.
/// 3. Rows are written before they are read, and a rolling buffer still holds them then; what is
///    prepared, or read after the run, is held whole. Where a result takes the
///    place of an operand, its step's kernel may do so, and no other step reads a row of the operand after that.
/// 4. A weight or state that an update overwrites is not read for its old value after that.
/// 5. Each buffer lies inside its memory; buffers that overlap are not live at the same time, but for results in
///    place of operands.
/// 6. Each instruction depends on all that ``dependencies(of:_:)`` names, and on nothing that comes behind it:
///    the first instruction that has not ended can always run.
enum PlanVerifier {
    /// Invariant 1. As long as nothing is scheduled, every buffer holds all its rows.
    static func verifySteps(_ program: Program) throws(ProgramError) {
        let names = Set(program.steps.map(\.name))
        if let group = program.graph.groups.first(where: { !names.contains($0.name) }) {
            throw .unsound(.groupWithoutStep(group.name), at: nil)
        }
        var isMade = program.buffers.map { $0.isParameter || $0.storage == .scalar || program.isInput($0) }
        for step in program.steps {
            for input in step.inputs where !isMade[input.buffer.index] {
                let buffer = program[buffer: input.buffer].name
                throw .unsound(.untimelyRead(step: step.name, buffer: buffer, .beforeMade), at: nil)
            }
            for output in step.outputs { isMade[output.index] = true }
        }
        for (index, buffer) in program.buffers.enumerated() where buffer.rowCapacity != buffer.rows.rowCount {
            throw .unsound(
                .rolls(buffer: buffer.name, kept: buffer.rowCapacity, rowCount: buffer.rows.rowCount, .unscheduled),
                at: .buffer(index))
        }
    }

    /// Invariants 2 to 4.
    static func verifySchedule(_ program: Program) throws(ProgramError) {
        guard program.instructions.count <= PlanLimits.instructionCount else {
            throw .unsound(.tooManyInstructions, at: nil)
        }
        try verifyPreparation(program)
        var progress = ScheduleProgress(program)
        for (index, instruction) in program.instructions.enumerated() {
            do throws(PlanFault) {
                try progress.perform(instruction)
            } catch {
                throw .unsound(error, at: .instruction(index))
            }
        }
        try checkCompleteness(program, progress)
        try verifyInPlaceResults(program)
        let areReadAfterRuns = program.areReadAfterRuns
        for (index, buffer) in program.buffers.enumerated() where buffer.rowCapacity < buffer.rows.rowCount {
            guard buffer.isInArena, !areReadAfterRuns[index] else {
                throw .unsound(
                    .rolls(buffer: buffer.name, kept: buffer.rowCapacity, rowCount: buffer.rows.rowCount, .readLater),
                    at: .buffer(index))
            }
        }
    }

    /// Invariant 5.
    static func verifyPlaces(_ program: Program) throws(ProgramError) { try verifyOverlaps(program) }

    /// Invariant 6.
    static func verifyDependencies(_ program: Program) throws(ProgramError) {
        try verifyDependencies(program, program.preparation) { .preparation($0) }
        try verifyDependencies(program, program.instructions) { .instruction($0) }
    }

    private static func verifyPreparation(_ program: Program) throws(ProgramError) {
        var ready: Set<Int> = []
        var madeRows: [Int: Int] = [:]
        for (position, instruction) in program.preparation.enumerated() {
            guard case .step(let index) = instruction.work, program.steps[index].isPreparation else {
                throw .unsound(.preparesOther, at: .preparation(position))
            }
            let step = program.steps[index]
            guard instruction.rows.lowerBound == madeRows[index] ?? 0,
                step.unitEnd(instruction.rows.upperBound) == instruction.rows.upperBound
            else {
                throw .unsound(.preparedOutOfOrder(rows: instruction.rows, step: step.name), at: .preparation(position))
            }
            madeRows[index] = instruction.rows.upperBound
            for input in step.inputs {
                guard case .prepared = program[buffer: input.buffer].storage else { continue }
                guard ready.contains(input.buffer.index) else {
                    let buffer = program[buffer: input.buffer].name
                    throw .unsound(
                        .untimelyRead(step: step.name, buffer: buffer, .beforePrepared), at: .preparation(position))
                }
            }
            if instruction.rows.upperBound == step.rowCount { ready.formUnion(step.outputs.map(\.index)) }
        }
        for (index, step) in program.steps.enumerated()
        where step.isPreparation && !step.outputs.allSatisfy({ ready.contains($0.index) }) {
            // Perhaps it stands among the others.
            let run = program.instructions.firstIndex { $0.work == .step(index) }
            throw .unsound(.neverPrepared(step: step.name), at: run.map { .instruction($0) })
        }
    }

    private static func checkCompleteness(_ program: Program, _ progress: ScheduleProgress) throws(ProgramError) {
        let last = { (work: Instruction.Work) -> ProgramError.Place? in
            program.instructions.lastIndex { $0.work == work }.map { .instruction($0) }
        }
        for (index, step) in program.steps.enumerated() where !step.isPreparation {
            for output in step.outputs {
                let buffer = program[buffer: output]
                guard progress.made[output.index] == buffer.rows.rowCount else {
                    throw .unsound(
                        .unfinished(
                            step: step.name, buffer: buffer.name, made: progress.made[output.index],
                            rowCount: buffer.rows.rowCount),
                        at: last(.step(index)))
                }
            }
        }
        for (index, output) in program.graph.outputs.enumerated() {
            guard let buffer = program.buffers.firstIndex(where: { $0.value == output.value }) else { continue }
            let rowCount = program.buffers[buffer].rows.rowCount
            guard progress.taken[index] == rowCount else {
                throw .unsound(
                    .untaken(output: output.name, taken: progress.taken[index], rowCount: rowCount),
                    at: last(.sink(output: index, BufferID(index: buffer))))
            }
        }
    }

    private static func verifyInPlaceResults(_ program: Program) throws(ProgramError) {
        let accesses = BufferAccesses(program, program.instructions)
        let areReadAfterRuns = program.areReadAfterRuns
        for (index, buffer) in program.buffers.enumerated() {
            guard let operand = buffer.inPlaceOf else { continue }
            let result = BufferID(index: index)
            guard let step = program.steps.first(where: { $0.outputs == [result] && !$0.isPreparation }),
                program.inPlaceOperands(of: step).contains(operand), !areReadAfterRuns[operand.index],
                program.mayTakePlace(result, of: operand, accesses)
            else {
                throw .unsound(
                    .cannotTakePlace(buffer: buffer.name, operand: program[buffer: operand].name), at: .buffer(index))
            }
            guard buffer.storage == program[buffer: operand].storage, buffer.rowCapacity == program[buffer: operand].rowCapacity
            else {
                throw .unsound(
                    .takesPlaceElsewhere(buffer: buffer.name, operand: program[buffer: operand].name), at: .buffer(index))
            }
        }
    }

    private static func verifyOverlaps(_ program: Program) throws(ProgramError) {
        let firstInPlace = program.firstInPlace
        let lifetimes = program.joinedLiveRanges(firstInPlace, BufferAccesses(program, program.instructions))
        var arena: [(index: Int, memory: Range<Int>, life: ClosedRange<Int>)] = []
        for (index, buffer) in program.buffers.enumerated() {
            switch buffer.storage {
            case .arena(let offset):
                guard offset >= 0, offset + buffer.byteCount <= program.arenaByteCount else {
                    throw .unsound(.outside(.arena, buffer: buffer.name), at: .buffer(index))
                }
                guard firstInPlace[index] == index, let life = lifetimes[index] else { continue }
                arena.append((index, offset..<offset + buffer.byteCount, life))
            case .prepared(let offset):
                guard offset >= 0, offset + buffer.byteCount <= program.preparedByteCount else {
                    throw .unsound(.outside(.prepared, buffer: buffer.name), at: .buffer(index))
                }
            case .parameter, .scalar: continue
            }
        }
        let prepared = program.buffers.enumerated().compactMap { index, buffer -> (index: Int, memory: Range<Int>)? in
            guard case .prepared(let offset) = buffer.storage else { return nil }
            return (index, offset..<offset + buffer.byteCount)
        }.sorted { $0.memory.lowerBound < $1.memory.lowerBound }
        for (first, second) in zip(prepared, prepared.dropFirst())
        where first.memory.upperBound > second.memory.lowerBound {
            throw overlap(of: first.index, second.index, in: .prepared, program)
        }
        arena.sort { $0.memory.lowerBound < $1.memory.lowerBound }
        for (position, first) in arena.enumerated() {
            for second in arena[(position + 1)...] {
                if second.memory.lowerBound >= first.memory.upperBound { break }
                guard !first.life.overlaps(second.life) else {
                    throw overlap(of: first.index, second.index, in: .arena, program)
                }
            }
        }
    }

    private static func overlap(
        of first: Int, _ second: Int, in memory: PlanFault.Memory, _ program: Program
    ) -> ProgramError {
        .unsound(.overlap(program.buffers[first].name, program.buffers[second].name, in: memory), at: .buffer(second))
    }

    private static func verifyDependencies(
        _ program: Program, _ instructions: [Instruction], place: (Int) -> ProgramError.Place
    ) throws(ProgramError) {
        var doneRows: [Instruction.Work: Int] = [:]
        var endings = Endings(instructions, WorkNumbers(program))
        for (index, (instruction, needed)) in zip(instructions, dependencies(of: program, instructions)).enumerated() {
            for dependency in instruction.dependencies
            where dependency.rowCount < 1 || dependency.rowCount > doneRows[dependency.work] ?? 0 {
                throw .unsound(
                    .dependsOnLater(
                        instruction: index, rowCount: dependency.rowCount, of: program.name(of: dependency.work),
                        earlierRowCount: doneRows[dependency.work] ?? 0),
                    at: place(index))
            }
            for dependency in needed where !endings.implies(instruction.dependencies, dependency) {
                throw .unsound(
                    .unnamedDependency(
                        instruction: index, rowCount: dependency.rowCount, of: program.name(of: dependency.work)),
                    at: place(index))
            }
            endings.note(instruction.dependencies, of: instruction.work)
            doneRows[instruction.work] = instruction.rows.upperBound
        }
    }
}
