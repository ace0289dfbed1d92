import GraphCompiler
import GraphKernelInterface

/// What a program prepares from weights: equal for programs that prepare the same values in the same places, such as those of
/// one entry for two sizes of pictures.
struct PreparationKey: Hashable, Sendable {
    private struct Preparation: Hashable {
        var kernel: KernelName
        var geometry: StepGeometry
        var prologue: PointwiseProgram?, epilogue: PointwiseProgram?
        var prologueFirstInput: Int, epilogueFirstInput: Int
        var inputs: [Place], outputs: [Place]
    }

    private struct Place: Hashable {
        var storage: Buffer.Storage
        var rows: RowLayout
    }

    private let instructionSet: InstructionSet
    private let byteCount: Int
    private let steps: [Preparation]

    /// nil for a program that prepares nothing, or by a reference implementation, which reads the graph.
    init?(_ program: Program) {
        let steps = program.steps.filter(\.isPreparation)
        guard !steps.isEmpty, steps.allSatisfy({ $0.kernel != .reference }) else { return nil }
        func place(_ id: BufferID) -> Place {
            let buffer = program[buffer: id]
            return Place(storage: buffer.storage, rows: buffer.rows)
        }
        instructionSet = program.instructionSet
        byteCount = program.preparedByteCount
        self.steps = steps.map { step in
            Preparation(
                kernel: step.kernel, geometry: step.geometry, prologue: step.prologue, epilogue: step.epilogue,
                prologueFirstInput: step.prologueFirstInput, epilogueFirstInput: step.epilogueFirstInput,
                inputs: step.inputs.map { place($0.buffer) }, outputs: step.outputs.map(place))
        }
    }
}
