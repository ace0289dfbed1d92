import GraphIR
import GraphKernelInterface

/// What the runtime executes: an entry with its sizes bound, its kernels chosen, its steps in order
/// and every buffer's place in memory known.
///
/// A program is a plain value. It prints as text, is read again and verified
/// (``readProgram(_:)``), and holds no pointer.
public struct Program: Hashable, Sendable {
    /// What the entry is for.
    public var role: Role
    /// Bound, grouped, with the kernel of each group.
    public var graph: Graph
    /// For what processors its kernels are.
    public var instructionSet: InstructionSet
    /// One for each group, and one for each filter that is packed.
    public var steps: [Step]
    /// One for each value that exists in memory, and for what one step makes for another.
    public var buffers: [Buffer]
    /// Depends on weights alone: runs when weights are bound or change.
    public var preparation: [Instruction]
    /// Runs each time, in this order or any other that honours ``Instruction/dependencies``.
    public var instructions: [Instruction]
    /// Memory shared by activations, reused as they die.
    public var arenaByteCount: Int
    /// Memory of what preparation makes.
    public var preparedByteCount: Int

    /// Scratch that each worker needs.
    public var scratchByteCount: Int { steps.map(\.scratchByteCount).max() ?? 0 }

    /// What a run takes beside the weights: activations, prepared filters and each thread's scratch.
    public func byteCount(threadCount: Int) -> Int {
        arenaByteCount + preparedByteCount + threadCount * scratchByteCount
    }

    /// What the list of instructions takes.
    var instructionByteCount: Int {
        instructions.reduce(0) { sum, instruction in
            sum + MemoryLayout<Instruction>.stride + 32 + instruction.dependencies.count * MemoryLayout<RowDependency>.stride
        }
    }

    /// The buffer of an index.
    public subscript(buffer id: BufferID) -> Buffer { buffers[id.index] }

    /// For each buffer whether it holds a measure, or the value of an update, which is assigned once all steps have read
    /// the old one.
    var areReadAfterRuns: [Bool] {
        let values = Set(graph.measures.map(\.value) + graph.updates.map(\.value))
        return buffers.map { $0.value.map(values.contains) ?? false }
    }

    /// Rows that the instructions of a step, source or sink do in all.
    func rowCount(of work: Instruction.Work) -> Int {
        switch work {
        case .step(let step): steps[step].rowCount
        case .source(let buffer), .sink(_, let buffer): self[buffer: buffer].rows.rowCount
        }
    }

    /// The step, input or output that an instruction works for.
    func name(of work: Instruction.Work) -> String {
        switch work {
        case .step(let step): steps[step].name
        case .source(let buffer): self[buffer: buffer].name
        case .sink(let output, _): graph.outputs[output].name
        }
    }
}
