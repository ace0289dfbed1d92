import GraphIR

/// Proves that a plan computes what its graph says, whatever order its waits allow.
///
/// The invariants:
/// 1. Each instruction's rows exist, in whole units of its step, and every instruction of a step, source
///    or sink goes on where the one before it ended; at the end every row has been made and taken.
/// 2. Rows are written before they are read, and a rolling buffer still holds them then.
/// 3. A weight or state that an update overwrites is not read for its old value after that.
/// 4. Each buffer lies inside its memory; buffers that overlap are not live at the same time.
/// 5. Each instruction waits, directly or by way of others, for all that ``deriveWaits(_:_:)`` names.
enum PlanVerifier {
    /// Invariants 1 to 3.
    static func verifySchedule(_ program: Program) throws(ProgramError) {
        guard program.instructions.count <= PlanLimits.instructionCount else {
            throw ProgramError("a plan has at most \(PlanLimits.instructionCount) instructions")
        }
        try verifyPreparation(program)
        var made = Array(repeating: 0, count: program.buffers.count)
        var taken = Array(repeating: 0, count: program.graph.outputs.count)
        var isOverwritten = Array(repeating: 0, count: program.buffers.count)
        for instruction in program.instructions {
            switch instruction.work {
            case .source(let buffer):
                try advance(&made[buffer.index], instruction, program[buffer: buffer])
            case .sink(let output, let buffer):
                if case .arena = program[buffer: buffer].storage {
                    try checkRead(instruction.rows, program[buffer: buffer], made[buffer.index])
                }
                try advance(&taken[output], instruction, program[buffer: buffer])
            case .step(let index):
                let step = program.steps[index]
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
                    case .arena: try checkRead(rows, buffer, made[input.buffer.index])
                    case .parameter:
                        let readsNew = readsUpdatedValue(step, input.buffer, program)
                        guard readsNew || rows.lowerBound >= isOverwritten[input.buffer.index] else {
                            throw ProgramError("'\(step.name)' reads '\(buffer.name)' after it was updated")
                        }
                    case .prepared, .scalar: continue
                    }
                }
                for output in step.outputs {
                    let buffer = program[buffer: output]
                    var end = made[output.index]
                    try advance(&end, instruction, buffer)
                    made[output.index] = end
                    if case .parameter = buffer.storage { isOverwritten[output.index] = end }
                }
            }
        }
        try checkCompleteness(program, made, taken)
        let kept = program.graph.readAfterRuns
        for buffer in program.buffers where buffer.rowCapacity < buffer.rows.rowCount {
            guard !(buffer.value.map(kept.contains) ?? false) else {
                throw ProgramError("'\(buffer.name)' is read after the run and keeps \(buffer.rowCapacity) of its rows")
            }
        }
    }

    /// Invariants 4 and 5.
    static func verifyMemory(_ program: Program) throws(ProgramError) {
        try verifyOverlaps(program)
        try verifyWaits(program, program.preparation)
        try verifyWaits(program, program.instructions)
    }

    private static func verifyPreparation(_ program: Program) throws(ProgramError) {
        var ready: Set<Int> = []
        for instruction in program.preparation {
            guard case .step(let index) = instruction.work, program.steps[index].isPreparation,
                instruction.rows == 0..<program.steps[index].rowCount
            else { throw ProgramError("the preparation runs whole steps that depend on weights alone") }
            let step = program.steps[index]
            for input in step.inputs {
                guard case .prepared = program[buffer: input.buffer].storage else { continue }
                guard ready.contains(input.buffer.index) else {
                    throw ProgramError("'\(step.name)' reads '\(program[buffer: input.buffer].name)' before it is prepared")
                }
            }
            for output in step.outputs { ready.insert(output.index) }
        }
        for step in program.steps where step.isPreparation && !step.outputs.allSatisfy({ ready.contains($0.index) }) {
            throw ProgramError("step '\(step.name)' is never prepared")
        }
    }

    private static func advance(_ end: inout Int, _ instruction: Instruction, _ buffer: Buffer) throws(ProgramError) {
        guard instruction.rows.lowerBound == end, instruction.rows.upperBound <= buffer.rows.rowCount else {
            throw ProgramError(
                "rows \(instruction.rows) of '\(buffer.name)' are out of order: it has \(buffer.rows.rowCount) rows, "
                    + "\(end) of them made")
        }
        end = instruction.rows.upperBound
    }

    private static func checkRead(_ rows: Range<Int>, _ buffer: Buffer, _ made: Int) throws(ProgramError) {
        guard rows.upperBound <= made else {
            throw ProgramError("rows \(rows) of '\(buffer.name)' are read when only \(made) are made")
        }
        guard rows.lowerBound >= made - buffer.rowCapacity else {
            throw ProgramError("rows \(rows) of '\(buffer.name)' are read when \(made) are made and \(buffer.rowCapacity) kept")
        }
    }

    /// Whether what a step reads from a parameter's buffer is the value that an update put there.
    private static func readsUpdatedValue(_ step: Step, _ buffer: BufferID, _ program: Program) -> Bool {
        guard let target = program[buffer: buffer].value,
            let update = program.graph.updates.first(where: { $0.target == target })
        else { return true }
        let operands = program.graph.groups[step.group].members.flatMap { program.graph[$0].operands }
        return !operands.contains(target) && operands.contains(update.value)
    }

    private static func checkCompleteness(_ program: Program, _ made: [Int], _ taken: [Int]) throws(ProgramError) {
        for step in program.steps where !step.isPreparation {
            for output in step.outputs where made[output.index] != step.rowCount {
                throw ProgramError("step '\(step.name)' makes \(made[output.index]) of its \(step.rowCount) rows")
            }
        }
        for (index, output) in program.graph.outputs.enumerated() {
            guard let buffer = program.buffers.first(where: { $0.value == output.value }) else { continue }
            guard taken[index] == buffer.rows.rowCount else {
                throw ProgramError("output '\(output.name)' hands over \(taken[index]) of \(buffer.rows.rowCount) rows")
            }
        }
    }

    private static func verifyOverlaps(_ program: Program) throws(ProgramError) {
        let lifetimes = liveRanges(of: program)
        var arena: [(index: Int, memory: Range<Int>, life: ClosedRange<Int>)] = []
        for (index, buffer) in program.buffers.enumerated() {
            switch buffer.storage {
            case .arena(let offset):
                guard offset >= 0, offset + buffer.byteCount <= program.arenaByteCount else {
                    throw ProgramError("buffer '\(buffer.name)' lies outside the arena")
                }
                if let life = lifetimes[index] { arena.append((index, offset..<offset + buffer.byteCount, life)) }
            case .prepared(let offset):
                guard offset >= 0, offset + buffer.byteCount <= program.preparedByteCount else {
                    throw ProgramError("buffer '\(buffer.name)' lies outside the prepared memory")
                }
            case .parameter, .scalar: continue
            }
        }
        let prepared = program.buffers.compactMap { buffer -> Range<Int>? in
            guard case .prepared(let offset) = buffer.storage else { return nil }
            return offset..<offset + buffer.byteCount
        }.sorted { $0.lowerBound < $1.lowerBound }
        for (first, second) in zip(prepared, prepared.dropFirst()) where first.upperBound > second.lowerBound {
            throw ProgramError("prepared buffers overlap at \(second.lowerBound)")
        }
        arena.sort { $0.memory.lowerBound < $1.memory.lowerBound }
        for (position, first) in arena.enumerated() {
            for second in arena[(position + 1)...] {
                if second.memory.lowerBound >= first.memory.upperBound { break }
                guard !first.life.overlaps(second.life) else {
                    throw ProgramError(
                        "'\(program.buffers[first.index].name)' and '\(program.buffers[second.index].name)' overlap in memory "
                            + "while both are live")
                }
            }
        }
    }

    private static func verifyWaits(_ program: Program, _ instructions: [Instruction]) throws(ProgramError) {
        for (index, instruction) in instructions.enumerated() {
            guard instruction.waits.allSatisfy({ (0..<index).contains($0) }) else {
                throw ProgramError("instruction \(index) waits for one that does not come before it")
            }
        }
        for (index, needed) in deriveWaits(program, instructions).enumerated() {
            // Waits lead back in time: what comes before the oldest that is needed does not matter.
            let oldest = needed.first ?? index
            var known = Set(instructions[index].waits)
            var open = instructions[index].waits
            while !needed.allSatisfy(known.contains), let next = open.popLast() {
                for wait in instructions[next].waits where wait >= oldest && known.insert(wait).inserted { open.append(wait) }
            }
            if let missing = needed.first(where: { !known.contains($0) }) {
                throw ProgramError("instruction \(index) does not wait for \(missing), which it depends on")
            }
        }
    }
}
