import GraphIR
import GraphKernelInterface

/// Lets results take the places of operands, row by row as they are made.
///
/// The sum that ends a residual block lies where the block's input was: its rows are in the caches when they are
/// written, and one image less is in memory; in bands, rows that another rolling buffer would hold twice. Requires: instructions
/// in their order. Ensures: `inPlaceOf` is set where ``Program/mayTakePlace(_:of:_:)`` holds, of at most one result for
/// each operand.
func chooseInPlaceResults(_ program: Program) -> Program {
    var program = program
    let accesses = BufferAccesses(program, program.instructions)
    let areReadAfterRuns = program.areReadAfterRuns
    for step in program.steps where !step.isPreparation {
        guard let result = step.outputs.first, program[buffer: result].isInArena else { continue }
        program.buffers[result.index].inPlaceOf = program.inPlaceOperands(of: step).first {
            !areReadAfterRuns[$0.index] && program.mayTakePlace(result, of: $0, accesses)
        }
    }
    return program
}

extension Program {
    /// Whether in the run no row of `operand` is used by another step once the row of `result` in its place is made.
    ///
    /// - Parameter operand: one of the step's ``inPlaceOperands(of:)``.
    func mayTakePlace(_ result: BufferID, of operand: BufferID, _ accesses: BufferAccesses) -> Bool {
        let writes = accesses.byBuffer[result.index].filter(\.isWrite)
        guard let writer = writes.first.map({ instructions[$0.instruction].work }) else { return false }
        var madeRows = 0
        var next = writes.makeIterator()
        var write = next.next()
        for access in accesses.byBuffer[operand.index] {
            while let made = write, made.instruction < access.instruction {
                madeRows = made.rows.upperBound
                write = next.next()
            }
            if access.rows.lowerBound < madeRows, instructions[access.instruction].work != writer { return false }
        }
        return true
    }

    /// The operands in the arena that a step's kernel reads where it writes its one result, each element before it
    /// is written, and nowhere else.
    func inPlaceOperands(of step: Step) -> [BufferID] {
        guard KernelTable.worksInPlace(step.kernel), step.outputs.count == 1, let program = step.epilogue else { return [] }
        // Operand 0 of an epilogue is the kernel's own result.
        let inputs = step.inputs.suffix(program.operands.count - (step.epilogueFirstInput == 0 ? 0 : 1))
        let layout = self[buffer: step.outputs[0]].rows
        return zip(inputs, program.operands.suffix(inputs.count)).compactMap { input, operand in
            guard operand.spread == .full, self[buffer: input.buffer].rows == layout,
                self[buffer: input.buffer].isInArena,
                step.inputs.count(where: { $0.buffer == input.buffer }) == 1
            else { return nil }
            return input.buffer
        }
    }

    /// For each buffer the last of those that take its place, one after the other.
    var lastInPlace: [Int] {
        var next: [Int: Int] = [:]
        for (index, buffer) in buffers.enumerated() { if let operand = buffer.inPlaceOf { next[operand.index] = index } }
        return buffers.indices.map { index in
            var last = index
            while let taker = next[last] { last = taker }
            return last
        }
    }

    /// For each buffer the first of those whose place it has, from one to the next.
    var firstInPlace: [Int] {
        buffers.indices.map { index in
            var first = index
            while let operand = buffers[first].inPlaceOf { first = operand.index }
            return first
        }
    }
}
