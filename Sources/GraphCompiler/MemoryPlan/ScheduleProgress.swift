import GraphIR

/// How far each buffer and output has come, instruction by instruction: invariants 2 to 4 of ``PlanVerifier``.
struct ScheduleProgress {
    private let program: Program
    /// Rows of each buffer that are made, rows of each output that are handed over, and rows of each parameter
    /// that an update has overwritten.
    private(set) var made: [Int], taken: [Int]
    private var isOverwritten: [Int]
    private let firstInPlace: [Int]
    /// Of each step's inputs.
    private let reaches: [[RowReach]]

    init(_ program: Program) {
        self.program = program
        made = Array(repeating: 0, count: program.buffers.count)
        taken = Array(repeating: 0, count: program.graph.outputs.count)
        isOverwritten = made
        firstInPlace = program.firstInPlace
        reaches = program.steps.map { step in
            step.inputs.map { RowReach(of: $0, by: step, bufferRowCount: program[buffer: $0.buffer].rows.rowCount) }
        }
    }

    mutating func perform(_ instruction: Instruction) throws(PlanFault) {
        switch instruction.work {
        case .source(let buffer):
            try Self.advance(&made[buffer.index], instruction.rows, program[buffer: buffer])
        case .sink(let output, let buffer):
            if program[buffer: buffer].isInArena {
                try checkRead(instruction.rows, buffer)
            }
            try Self.advance(&taken[output], instruction.rows, program[buffer: buffer])
        case .step(let index):
            try perform(program.steps[index], reaches[index], instruction)
        }
    }

    private mutating func perform(
        _ step: Step, _ reaches: [RowReach], _ instruction: Instruction
    ) throws(PlanFault) {
        guard !step.isPreparation else { throw .runsPreparation(step: step.name) }
        guard step.unitEnd(instruction.rows.upperBound) == instruction.rows.upperBound else {
            throw .dividedUnit(step: step.name, row: instruction.rows.upperBound, rowUnit: step.rowUnit)
        }
        for (input, reach) in zip(step.inputs, reaches) {
            let buffer = program[buffer: input.buffer]
            let rows = reach.rows(for: instruction.rows)
            switch buffer.storage {
            case .arena: try checkRead(rows, input.buffer)
            case .parameter:
                guard let update = update(of: buffer) else { continue }
                if reads(step, update.value, insteadOf: update.target) {
                    try checkRead(rows, input.buffer)
                } else if rows.lowerBound < isOverwritten[input.buffer.index] {
                    throw .untimelyRead(step: step.name, buffer: buffer.name, .afterUpdate)
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

    private static func advance(_ end: inout Int, _ rows: Range<Int>, _ buffer: Buffer) throws(PlanFault) {
        guard rows.lowerBound == end, rows.upperBound <= buffer.rows.rowCount else {
            throw .outOfOrder(rows: rows, buffer: buffer.name, rowCount: buffer.rows.rowCount, made: end)
        }
        end = rows.upperBound
    }

    private func checkRead(_ rows: Range<Int>, _ id: BufferID) throws(PlanFault) {
        let buffer = program[buffer: id]
        guard rows.upperBound <= made[id.index] else {
            throw .notMade(rows: rows, buffer: buffer.name, made: made[id.index])
        }
        // The first buffer in a place is ahead of all that take it over.
        let newest = made[firstInPlace[id.index]]
        guard rows.lowerBound >= newest - buffer.rowCapacity else {
            throw .notKept(rows: rows, buffer: buffer.name, made: newest, kept: buffer.rowCapacity)
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
