import GraphIR

/// What an instruction of each step does to the buffers that it touches.
struct StepAccesses {
    private struct Read {
        var buffer: Int
        var reach: RowReach
    }

    private struct Write {
        var buffer: Int
        /// All rows where the step runs as a whole, whose outputs may differ in size; else those of the instruction.
        var wholeRowCount: Int?
    }

    /// By step.
    private let reads: [[Read]]
    private let writes: [[Write]]

    init(_ program: Program) {
        reads = program.steps.map { step in
            step.inputs.map { input in
                let rowCount = program.buffers[input.buffer.index].rows.rowCount
                return Read(buffer: input.buffer.index, reach: RowReach(of: input, by: step, bufferRowCount: rowCount))
            }
        }
        writes = program.steps.map { step in
            step.outputs.map { output in
                let rowCount = program.buffers[output.index].rows.rowCount
                return Write(buffer: output.index, wholeRowCount: rowCount == step.rowCount ? nil : rowCount)
            }
        }
    }

    /// What some rows of a step need of each buffer that it reads, until one is not as wanted.
    func reads(of step: Int, for rows: Range<Int>, allSatisfy isWanted: (_ buffer: Int, Range<Int>) -> Bool) -> Bool {
        reads[step].indices.allSatisfy { isWanted(reads[step][$0].buffer, reads[step][$0].reach.rows(for: rows)) }
    }

    /// The reads of an instruction, then its writes.
    ///
    /// - Parameter index: its index in the list of instructions.
    func forEach(
        of instruction: Instruction, at index: Int, _ body: (_ buffer: Int, BufferAccesses.Access) -> Void
    ) {
        switch instruction.work {
        case .source(let buffer):
            body(buffer.index, BufferAccesses.Access(instruction: index, isWrite: true, rows: instruction.rows))
        case .sink(_, let buffer):
            body(buffer.index, BufferAccesses.Access(instruction: index, isWrite: false, rows: instruction.rows))
        case .step(let step):
            // By index: nothing is copied.
            for read in reads[step].indices {
                let rows = reads[step][read].reach.rows(for: instruction.rows)
                body(reads[step][read].buffer, BufferAccesses.Access(instruction: index, isWrite: false, rows: rows))
            }
            for write in writes[step] {
                let rows = write.wholeRowCount.map { 0..<(instruction.rows.isEmpty ? 0 : $0) } ?? instruction.rows
                body(write.buffer, BufferAccesses.Access(instruction: index, isWrite: true, rows: rows))
            }
        }
    }

    /// The same as a list.
    func accesses(of instruction: Instruction, at index: Int) -> [(buffer: Int, access: BufferAccesses.Access)] {
        var accesses: [(buffer: Int, access: BufferAccesses.Access)] = []
        forEach(of: instruction, at: index) { accesses.append(($0, $1)) }
        return accesses
    }
}
