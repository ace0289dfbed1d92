import GraphIR

/// Which instruction reads and writes which rows of which buffer: what capacities, live ranges and
/// dependencies are derived from, and what a plan's verification checks.
struct BufferAccesses {
    struct Access {
        /// Index in the list of instructions.
        var instruction: Int
        var isWrite: Bool
        var rows: Range<Int>
    }

    /// For each buffer, in the order of the instructions; an instruction's reads come before its writes.
    let byBuffer: [[Access]]

    init(_ program: Program, _ instructions: [Instruction]) {
        var byBuffer: [[Access]] = Array(repeating: [], count: program.buffers.count)
        for (index, instruction) in instructions.enumerated() {
            program.forEachAccess(of: instruction, at: index) { buffer, access in byBuffer[buffer].append(access) }
        }
        self.byBuffer = byBuffer
    }

    /// What happens to some buffers, in the order of the instructions; an instruction's reads come before its writes.
    func inOrder(of buffers: [Int]) -> [Access] {
        guard buffers.count > 1 else { return byBuffer[buffers[0]] }
        return buffers.flatMap { byBuffer[$0] }.sorted {
            ($0.instruction, $0.isWrite ? 1 : 0) < ($1.instruction, $1.isWrite ? 1 : 0)
        }
    }
}

extension Program {
    /// What an instruction does to each buffer that it touches: its reads, then its writes.
    ///
    /// - Parameter index: its index in the list of instructions.
    func accesses(of instruction: Instruction, at index: Int) -> [(buffer: Int, access: BufferAccesses.Access)] {
        var accesses: [(buffer: Int, access: BufferAccesses.Access)] = []
        forEachAccess(of: instruction, at: index) { accesses.append(($0, $1)) }
        return accesses
    }

    fileprivate func forEachAccess(
        of instruction: Instruction, at index: Int, _ body: (_ buffer: Int, BufferAccesses.Access) -> Void
    ) {
        switch instruction.work {
        case .source(let buffer):
            body(buffer.index, BufferAccesses.Access(instruction: index, isWrite: true, rows: instruction.rows))
        case .sink(_, let buffer):
            body(buffer.index, BufferAccesses.Access(instruction: index, isWrite: false, rows: instruction.rows))
        case .step(let step):
            let step = steps[step]
            for input in step.inputs {
                let rows = input.rows(
                    for: instruction.rows, of: step, bufferRowCount: self[buffer: input.buffer].rows.rowCount)
                body(input.buffer.index, BufferAccesses.Access(instruction: index, isWrite: false, rows: rows))
            }
            for output in step.outputs {
                let rows = step.rows(of: self[buffer: output], with: instruction.rows)
                body(output.index, BufferAccesses.Access(instruction: index, isWrite: true, rows: rows))
            }
        }
    }
}
