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
            throw ProgramError("group '\(group.name)' has no step")
        }
        var isMade = program.buffers.map { $0.isParameter || $0.storage == .scalar || program.isInput($0) }
        for step in program.steps {
            for input in step.inputs where !isMade[input.buffer.index] {
                throw ProgramError("step '\(step.name)' reads '\(program[buffer: input.buffer].name)' before it is made")
            }
            for output in step.outputs { isMade[output.index] = true }
        }
        for (index, buffer) in program.buffers.enumerated() where buffer.rowCapacity != buffer.rows.rowCount {
            throw ProgramError(
                "'\(buffer.name)' keeps \(buffer.rowCapacity) of its \(buffer.rows.rowCount) rows", at: .buffer(index))
        }
    }

    /// Invariants 2 to 4.
    static func verifySchedule(_ program: Program) throws(ProgramError) {
        guard program.instructions.count <= PlanLimits.instructionCount else {
            throw ProgramError("a plan has at most \(PlanLimits.instructionCount) instructions")
        }
        try verifyPreparation(program)
        var progress = Progress(program)
        for (index, instruction) in program.instructions.enumerated() {
            do throws(ProgramError) {
                try progress.perform(instruction)
            } catch {
                throw ProgramError(error.message, at: .instruction(index))
            }
        }
        try checkCompleteness(program, progress)
        try verifyInPlaceResults(program)
        let areReadAfterRuns = program.areReadAfterRuns
        for (index, buffer) in program.buffers.enumerated() where buffer.rowCapacity < buffer.rows.rowCount {
            guard buffer.isInArena, !areReadAfterRuns[index] else {
                throw ProgramError(
                    "'\(buffer.name)' is read by later runs or after this one, and keeps \(buffer.rowCapacity) of its "
                        + "\(buffer.rows.rowCount) rows", at: .buffer(index))
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
                throw ProgramError("the preparation runs steps that depend on weights alone", at: .preparation(position))
            }
            let step = program.steps[index]
            guard instruction.rows.lowerBound == madeRows[index] ?? 0,
                step.unitEnd(instruction.rows.upperBound) == instruction.rows.upperBound
            else {
                throw ProgramError(
                    "rows \(instruction.rows) of step '\(step.name)' are out of order", at: .preparation(position))
            }
            madeRows[index] = instruction.rows.upperBound
            for input in step.inputs {
                guard case .prepared = program[buffer: input.buffer].storage else { continue }
                guard ready.contains(input.buffer.index) else {
                    throw ProgramError(
                        "'\(step.name)' reads '\(program[buffer: input.buffer].name)' before it is prepared",
                        at: .preparation(position))
                }
            }
            if instruction.rows.upperBound == step.rowCount { ready.formUnion(step.outputs.map(\.index)) }
        }
        for (index, step) in program.steps.enumerated()
        where step.isPreparation && !step.outputs.allSatisfy({ ready.contains($0.index) }) {
            // Perhaps it stands among the others.
            let run = program.instructions.firstIndex { $0.work == .step(index) }
            throw ProgramError("step '\(step.name)' is never prepared", at: run.map { .instruction($0) })
        }
    }

    private static func checkCompleteness(_ program: Program, _ progress: Progress) throws(ProgramError) {
        let last = { (work: Instruction.Work) -> ProgramError.Place? in
            program.instructions.lastIndex { $0.work == work }.map { .instruction($0) }
        }
        for (index, step) in program.steps.enumerated() where !step.isPreparation {
            for output in step.outputs {
                let buffer = program[buffer: output]
                guard progress.made[output.index] == buffer.rows.rowCount else {
                    throw ProgramError(
                        "step '\(step.name)' makes \(progress.made[output.index]) of the \(buffer.rows.rowCount) rows of "
                            + "'\(buffer.name)'", at: last(.step(index)))
                }
            }
        }
        for (index, output) in program.graph.outputs.enumerated() {
            guard let buffer = program.buffers.firstIndex(where: { $0.value == output.value }) else { continue }
            let rowCount = program.buffers[buffer].rows.rowCount
            guard progress.taken[index] == rowCount else {
                throw ProgramError(
                    "output '\(output.name)' hands over \(progress.taken[index]) of \(rowCount) rows",
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
                throw ProgramError(
                    "'\(buffer.name)' cannot take the place of '\(program[buffer: operand].name)'", at: .buffer(index))
            }
            guard buffer.storage == program[buffer: operand].storage, buffer.rowCapacity == program[buffer: operand].rowCapacity
            else {
                throw ProgramError(
                    "'\(buffer.name)' takes the place of '\(program[buffer: operand].name)', but lies elsewhere",
                    at: .buffer(index))
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
                    throw ProgramError("buffer '\(buffer.name)' lies outside the arena", at: .buffer(index))
                }
                guard firstInPlace[index] == index, let life = lifetimes[index] else { continue }
                arena.append((index, offset..<offset + buffer.byteCount, life))
            case .prepared(let offset):
                guard offset >= 0, offset + buffer.byteCount <= program.preparedByteCount else {
                    throw ProgramError("buffer '\(buffer.name)' lies outside the prepared memory", at: .buffer(index))
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
            throw ProgramError(
                "'\(program.buffers[first.index].name)' and '\(program.buffers[second.index].name)' overlap in the "
                    + "prepared memory", at: .buffer(second.index))
        }
        arena.sort { $0.memory.lowerBound < $1.memory.lowerBound }
        for (position, first) in arena.enumerated() {
            for second in arena[(position + 1)...] {
                if second.memory.lowerBound >= first.memory.upperBound { break }
                guard !first.life.overlaps(second.life) else {
                    throw ProgramError(
                        "'\(program.buffers[first.index].name)' and '\(program.buffers[second.index].name)' overlap in memory "
                            + "while both are live", at: .buffer(second.index))
                }
            }
        }
    }

    private static func verifyDependencies(
        _ program: Program, _ instructions: [Instruction], place: (Int) -> ProgramError.Place
    ) throws(ProgramError) {
        var doneRows: [Instruction.Work: Int] = [:]
        var endings = Endings(instructions)
        for (index, (instruction, needed)) in zip(instructions, dependencies(of: program, instructions)).enumerated() {
            for dependency in instruction.dependencies
            where dependency.rowCount < 1 || dependency.rowCount > doneRows[dependency.work] ?? 0 {
                throw ProgramError(
                    "instruction \(index) depends on \(dependency.rowCount) rows of \(program.name(of: dependency.work)), "
                        + "of which \(doneRows[dependency.work] ?? 0) come before it", at: place(index))
            }
            for dependency in needed where !endings.implies(instruction.dependencies, dependency) {
                throw ProgramError(
                    "instruction \(index) does not name \(dependency.rowCount) rows of \(program.name(of: dependency.work)), "
                        + "on which it depends", at: place(index))
            }
            endings.note(instruction.dependencies, of: instruction.work)
            doneRows[instruction.work] = instruction.rows.upperBound
        }
    }
}

/// How far each buffer and output has come.
private struct Progress {
    private let program: Program
    /// Rows of each buffer that are made, rows of each output that are handed over, and rows of each parameter
    /// that an update has overwritten.
    private(set) var made: [Int], taken: [Int]
    private var isOverwritten: [Int]
    private let firstInPlace: [Int]

    init(_ program: Program) {
        self.program = program
        made = Array(repeating: 0, count: program.buffers.count)
        taken = Array(repeating: 0, count: program.graph.outputs.count)
        isOverwritten = made
        firstInPlace = program.firstInPlace
    }

    mutating func perform(_ instruction: Instruction) throws(ProgramError) {
        switch instruction.work {
        case .source(let buffer):
            try Self.advance(&made[buffer.index], instruction.rows, program[buffer: buffer])
        case .sink(let output, let buffer):
            if program[buffer: buffer].isInArena {
                try checkRead(instruction.rows, buffer)
            }
            try Self.advance(&taken[output], instruction.rows, program[buffer: buffer])
        case .step(let index):
            try perform(program.steps[index], instruction)
        }
    }

    private mutating func perform(_ step: Step, _ instruction: Instruction) throws(ProgramError) {
        guard !step.isPreparation else { throw ProgramError("step '\(step.name)' belongs to the preparation") }
        guard step.unitEnd(instruction.rows.upperBound) == instruction.rows.upperBound else {
            throw ProgramError(
                "step '\(step.name)' cannot stop at row \(instruction.rows.upperBound): it makes rows of an image "
                    + "in units of \(step.rowUnit)")
        }
        for input in step.inputs {
            let buffer = program[buffer: input.buffer]
            let rows = input.rows(for: instruction.rows, of: step, bufferRowCount: buffer.rows.rowCount)
            switch buffer.storage {
            case .arena: try checkRead(rows, input.buffer)
            case .parameter:
                guard let update = update(of: buffer) else { continue }
                if reads(step, update.value, insteadOf: update.target) {
                    try checkRead(rows, input.buffer)
                } else if rows.lowerBound < isOverwritten[input.buffer.index] {
                    throw ProgramError("'\(step.name)' reads '\(buffer.name)' after it was updated")
                }
            case .prepared, .scalar: continue
            }
        }
        for output in step.outputs {
            let buffer = program[buffer: output]
            try Self.advance(&made[output.index], step.rows(of: buffer, with: instruction.rows), buffer)
            if case .parameter = buffer.storage { isOverwritten[output.index] = made[output.index] }
        }
    }

    private static func advance(_ end: inout Int, _ rows: Range<Int>, _ buffer: Buffer) throws(ProgramError) {
        guard rows.lowerBound == end, rows.upperBound <= buffer.rows.rowCount else {
            throw ProgramError(
                "rows \(rows) of '\(buffer.name)' are out of order: it has \(buffer.rows.rowCount) rows, "
                    + "\(end) of them made")
        }
        end = rows.upperBound
    }

    private func checkRead(_ rows: Range<Int>, _ id: BufferID) throws(ProgramError) {
        let buffer = program[buffer: id]
        guard rows.upperBound <= made[id.index] else {
            throw ProgramError("rows \(rows) of '\(buffer.name)' are read when only \(made[id.index]) are made")
        }
        // The first buffer in a place is ahead of all that take it over.
        let newest = made[firstInPlace[id.index]]
        guard rows.lowerBound >= newest - buffer.rowCapacity else {
            throw ProgramError("rows \(rows) of '\(buffer.name)' are read when \(newest) are made and \(buffer.rowCapacity) kept")
        }
    }

    private func update(of buffer: Buffer) -> Update? {
        buffer.value.flatMap { target in program.graph.updates.first { $0.target == target } }
    }

    /// Whether what a step reads from a parameter's buffer is the value that an update put there.
    private func reads(_ step: Step, _ updated: ValueID, insteadOf target: ValueID) -> Bool {
        let operands = program.graph.groups[step.group].members.flatMap { program.graph[$0].operands }
        return !operands.contains(target) && operands.contains(updated)
    }
}

extension Program {
    /// The step, input or output that an instruction works for.
    func name(of work: Instruction.Work) -> String {
        switch work {
        case .step(let step): steps[step].name
        case .source(let buffer): self[buffer: buffer].name
        case .sink(let output, _): graph.outputs[output].name
        }
    }
}
