import GraphIR
import KernelInterface

/// What the runtime executes: an entry with its sizes bound, its kernels chosen, its steps in order
/// and every buffer's place in memory known.
///
/// A program is a plain value. It prints as text, is read again and verified
/// (``Program/text``, ``readProgram(_:)``), and holds no pointer.
public struct Program: Hashable, Sendable {
    public var role: Role
    /// Bound, grouped, with the kernel of each group.
    public var graph: Graph
    public var instructionSet: InstructionSet
    /// One for each group, and one for each filter that is packed.
    public var steps: [Step]
    public var buffers: [Buffer]
    /// Depends on weights alone: runs when weights are bound or change.
    public var preparation: [Instruction]
    /// Runs each time, in this order or any other that honours ``Instruction/waits``.
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
            sum + MemoryLayout<Instruction>.stride + 32 + instruction.waits.count * MemoryLayout<RowWait>.stride
        }
    }

    public subscript(buffer id: BufferID) -> Buffer { buffers[id.index] }

    /// Rows that the instructions of a step, source or sink do in all.
    func rowCount(of work: Instruction.Work) -> Int {
        switch work {
        case .step(let step): steps[step].rowCount
        case .source(let buffer), .sink(_, let buffer): self[buffer: buffer].rows.rowCount
        }
    }
}

/// For what processors kernels are built.
public enum InstructionSet: String, Hashable, Sendable, CaseIterable {
    case portable
    /// AVX2 and FMA.
    case avx2
    /// AVX-512 F, VL, DQ and BW: what servers have had since Skylake, and AMD since Zen 4.
    case avx512
}

/// A kernel on its operands.
public struct Step: Hashable, Sendable {
    /// The group's name; a step that makes something for another has that one's, and what it does behind it: `s3_pack`.
    public var name: String
    public var kernel: String
    /// Index of the group in the graph; for a step that makes something for another, of that one's.
    public var group: Int
    public var inputs: [StepInput]
    public var outputs: [BufferID]
    public var geometry: StepGeometry
    public var prologue: PointwiseProgram?
    public var epilogue: PointwiseProgram?
    /// Index in `inputs` of the first further operand of prologue and epilogue.
    public var prologueFirstInput: Int
    public var epilogueFirstInput: Int
    /// Rows of the first output, and of one image of it; a step that runs as a whole knows no images.
    public var rowCount: Int
    public var imageHeight: Int
    /// Rows of each image are made in multiples of this, the last of them excepted: a pixel shuffle makes
    /// `block` rows at a time, a Winograd convolution those of a row of tiles.
    public var rowUnit: Int
    /// Rows of one instruction: a function of the shape alone, so that no result depends on the thread count.
    public var rowsPerTask: Int
    /// Multiplications and additions for one row: how long the step takes beside others.
    public var operationsPerRow: Int
    public var scratchByteCount: Int
    /// Whether the step depends on weights alone and so belongs to the preparation.
    public var isPreparation: Bool
}

extension Step {
    /// Rows of one of its outputs that are made with some rows of the first: the same, but for a step that runs as a
    /// whole, whose outputs may differ in size.
    func rows(of output: Buffer, with rows: Range<Int>) -> Range<Int> {
        output.rows.rowCount == rowCount ? rows : 0..<(rows.isEmpty ? 0 : output.rows.rowCount)
    }

    /// The first place at or behind a row at which the step's rows may be cut.
    func unitEnd(_ row: Int) -> Int {
        let (image, y) = row.quotientAndRemainder(dividingBy: imageHeight)
        return image * imageHeight + min(imageHeight, (y + rowUnit - 1) / rowUnit * rowUnit)
    }

    /// Cuts rows into what one worker does at a time.
    func tasks(_ rows: Range<Int>) -> [Range<Int>] {
        var tasks: [Range<Int>] = []
        var row = rows.lowerBound
        while row < rows.upperBound {
            let end = min(rows.upperBound, unitEnd(row + rowsPerTask))
            tasks.append(row..<end)
            row = end
        }
        return tasks
    }
}

public struct StepInput: Hashable, Sendable {
    public var buffer: BufferID
    /// Which rows of the buffer some rows of the output need, through each path inside the group.
    public var rowChains: [RowChain]

    /// The whole buffer, whatever the rows.
    public static func whole(_ buffer: BufferID) -> StepInput {
        StepInput(buffer: buffer, rowChains: [RowChain(links: [RowLink(map: .all, operandHeight: 0)])])
    }
}

/// Row maps from a group's result back to one of its operands.
public struct RowChain: Hashable, Sendable {
    public var links: [RowLink]
}

public struct RowLink: Hashable, Sendable {
    public var map: RowMap
    /// Rows of one image of the operand.
    public var operandHeight: Int
}

public enum StepGeometry: Hashable, Sendable {
    case convolution(ConvolutionGeometry)
    case composedFilter(ComposedFilterGeometry)
    case rows(RowGeometry)
    case concatenation(ConcatGeometry)
    /// Plain evaluations read the operation itself.
    case none
}

public struct BufferID: Hashable, Sendable {
    public var index: Int
}

/// Memory for one value, or for a packed filter.
public struct Buffer: Hashable, Sendable {
    public enum Storage: Hashable, Sendable {
        /// A weight or state, by path; belongs to the parameter store.
        case parameter(path: String)
        /// A number that the caller gives each run.
        case scalar
        /// At `offset` bytes in the arena.
        case arena(offset: Int)
        /// At `offset` bytes in the memory that preparation fills.
        case prepared(offset: Int)
    }

    public var name: String
    /// nil for packed filters.
    public var value: ValueID?
    public var storage: Storage
    public var rows: RowLayout
    /// How many rows exist at a time: all, or those of a rolling window.
    public var rowCapacity: Int
    /// The buffer whose place this one takes, row by row as the step that makes it reads the one and writes the other.
    public var inPlaceOf: BufferID?

    /// From one row to the next: whole cache lines where rows are the runtime's own.
    public var rowByteStride: Int {
        switch storage {
        case .parameter, .scalar: rows.rowByteCount
        case .arena, .prepared: rows.rowCount == 1 ? rows.rowByteCount : rows.rowByteCount.roundedUp(to: 64)
        }
    }

    public var byteCount: Int { (rowCapacity * rowByteStride).roundedUp(to: 64) }

    /// Bytes from the start of the memory that the buffer lies in.
    var offset: Int {
        switch storage {
        case .arena(let offset), .prepared(let offset): offset
        case .parameter, .scalar: 0
        }
    }

    /// Whether it is a weight or state.
    var isParameter: Bool { if case .parameter = storage { true } else { false } }

    var isInArena: Bool { if case .arena = storage { true } else { false } }
}

/// A tensor seen as rows; see ``KernelInterface/TensorRows``.
public struct RowLayout: Hashable, Sendable {
    public var rowCount: Int
    public var rowElementCount: Int
    public var element: ElementType

    public var rowByteCount: Int { rowElementCount * element.byteCount }

    public init(rowCount: Int, rowElementCount: Int, element: ElementType) {
        self.rowCount = rowCount
        self.rowElementCount = rowElementCount
        self.element = element
    }

    public init(_ shape: [Int], _ element: ElementType) {
        if shape.count == 4 {
            self.init(rowCount: shape[0] * shape[1], rowElementCount: shape[2] * shape[3], element: element)
        } else {
            self.init(rowCount: 1, rowElementCount: shape.reduce(1, *), element: element)
        }
    }
}

/// Some rows of one step, of a source or of a sink: what one worker does at a time.
public struct Instruction: Hashable, Sendable {
    public enum Work: Hashable, Sendable {
        /// The caller fills rows of an input.
        case source(BufferID)
        case step(Int)
        /// The caller takes rows of the output with this index in the graph.
        case sink(output: Int, BufferID)
    }

    public var work: Work
    /// Rows of the source's buffer, of the step's first output, or of the sink's buffer.
    public var rows: Range<Int>
    /// What must be done before: that makes what this one reads, and that uses memory which this one
    /// overwrites.
    public var waits: [RowWait] = []
}

/// Every step, source and sink counts the rows that it has done, from its first on. An instruction waits
/// until a count has come far enough.
public struct RowWait: Hashable, Sendable {
    public var work: Instruction.Work
    public var rowCount: Int

    public init(_ work: Instruction.Work, rowCount: Int) {
        self.work = work
        self.rowCount = rowCount
    }
}
