import GraphIR
import GraphKernelInterface

/// A group as a kernel's call, before buffers have places.
struct Lowering {
    enum Input {
        case value(ValueID)
        /// What a step of its own makes first.
        case made(AuxiliaryStep)
    }

    var inputs: [Input]
    var results: [ValueID]
    var geometry: StepGeometry
    var prologue: PointwiseProgram?
    var epilogue: PointwiseProgram?
    var prologueFirstInput = 0
    var epilogueFirstInput = 0
    var rowUnit = 1
    /// Whether any row of the result needs the kernel to run as a whole.
    var isWhole = false
    /// Multiplications and additions for one row of the result.
    var operationsPerRow: Int
    /// Rows below which a task wastes what it sets up.
    var leastRowsPerTask = 1
    var scratchByteCount: Int

    /// Multiplications and additions in the time that one element takes to be read and written.
    static let operationsPerCopy = 32
}
