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
    private(set) var byBuffer: [[Access]]
    /// For each instruction, the buffers it touches.
    private(set) var byInstruction: [[(buffer: Int, access: Access)]]

    init(_ program: Program, _ instructions: [Instruction]) {
        byBuffer = Array(repeating: [], count: program.buffers.count)
        byInstruction = Array(repeating: [], count: instructions.count)
        for (index, instruction) in instructions.enumerated() {
            switch instruction.work {
            case .source(let buffer):
                add(buffer, Access(instruction: index, isWrite: true, rows: instruction.rows))
            case .sink(_, let buffer):
                add(buffer, Access(instruction: index, isWrite: false, rows: instruction.rows))
            case .step(let step):
                let step = program.steps[step]
                for input in step.inputs {
                    let rows = input.rows(
                        for: instruction.rows, of: step, bufferRowCount: program[buffer: input.buffer].rows.rowCount)
                    add(input.buffer, Access(instruction: index, isWrite: false, rows: rows))
                }
                for output in step.outputs {
                    let rows = step.rows(of: program[buffer: output], with: instruction.rows)
                    add(output, Access(instruction: index, isWrite: true, rows: rows))
                }
            }
        }
    }

    /// What happens to some buffers, in the order of the instructions; an instruction's reads come before its writes.
    func inOrder(of buffers: [Int]) -> [Access] {
        guard buffers.count > 1 else { return byBuffer[buffers[0]] }
        return buffers.flatMap { byBuffer[$0] }.sorted {
            ($0.instruction, $0.isWrite ? 1 : 0) < ($1.instruction, $1.isWrite ? 1 : 0)
        }
    }

    private mutating func add(_ buffer: BufferID, _ access: Access) {
        byBuffer[buffer.index].append(access)
        byInstruction[access.instruction].append((buffer.index, access))
    }
}
