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

    /// Instructions of the list.
    let instructionCount: Int
    /// For each buffer, in the order of the instructions; an instruction's reads come before its writes.
    let byBuffer: [[Access]]

    init(_ program: Program, _ instructions: [Instruction]) {
        instructionCount = instructions.count
        var byBuffer: [[Access]] = Array(repeating: [], count: program.buffers.count)
        let steps = StepAccesses(program)
        for (index, instruction) in instructions.enumerated() {
            steps.forEach(of: instruction, at: index) { buffer, access in byBuffer[buffer].append(access) }
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
