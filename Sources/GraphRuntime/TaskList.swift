import GraphCompiler
import GraphIR
import GraphKernelInterface
import GraphKernels
import GraphKernelsAVX2
import GraphKernelsAVX512

/// Instructions bound to memory: what workers take from.
///
/// Everything that an instruction touches was allocated here.
final class TaskList: @unchecked Sendable {
    private enum Action {
        case kernel(Kernel, KernelCall)
        case reference(ReferenceStep)
        /// By the buffer's index in the program.
        case source(Int, rowByteCount: Int)
        /// By the output's index in the graph.
        case sink(output: Int, TensorRows, rowByteCount: Int)
    }

    let counters: RowCounters
    private let table: TaskTable
    /// For each step, source and sink.
    private let actions: [Action]
    /// For each task, while a run is profiled.
    var times: UnsafeMutablePointer<TaskTime>?
    private let callMemory: [CallMemory]

    init(_ program: Program, _ instructions: [Instruction], _ memory: BoundMemory) throws(RuntimeError) {
        table = try TaskTable(program, instructions)
        counters = RowCounters(table)
        var callMemory: [CallMemory] = []
        actions = try table.works.map { work throws(RuntimeError) in
            switch work {
            case .source(let buffer):
                return .source(buffer.index, rowByteCount: program[buffer: buffer].rows.rowByteCount)
            case .sink(let output, let buffer):
                return .sink(
                    output: output, memory.rows[buffer.index], rowByteCount: program[buffer: buffer].rows.rowByteCount)
            case .step(let step):
                let step = program.steps[step]
                guard let kernel = step.kernel.function(program.instructionSet) else {
                    return .reference(ReferenceStep(step, program, memory))
                }
                let call = CallMemory(step, memory)
                callMemory.append(call)
                return .kernel(kernel, call.call)
            }
        }
        self.callMemory = callMemory
        rowCount = instructions.reduce(0) { $0 + $1.rows.count }
    }

    var count: Int { table.count }

    /// Rows of all tasks.
    let rowCount: Int

    func rowCount(of index: Int) -> Int { Int(table[index].rowCount) }

    func picker(worker: Int, of workerCount: Int) -> TaskPicker { TaskPicker(table, worker: worker, of: workerCount) }

    /// What a task works for.
    func work(_ index: Int) -> Instruction.Work { table.works[Int(table[index].work)] }

    func run(_ index: Int, worker: Int, _ memory: BoundMemory) throws(RuntimeError) {
        let task = table[index]
        switch actions[Int(task.work)] {
        case .kernel(let kernel, var call):
            call.firstRow = task.rows.lowerBound
            call.endRow = task.rows.upperBound
            call.scratch = memory.scratch(worker: worker)
            kernel(&call)
        case .reference(let step):
            step.run()
        case .source(let buffer, let rowByteCount):
            guard let source = memory.sources[buffer] else { return }
            try asRuntimeError {
                for row in task.rows {
                    try source.fill(
                        row: row, into: UnsafeMutableRawBufferPointer(start: memory.rows[buffer].row(row), count: rowByteCount))
                }
            }
        case .sink(let output, let rows, let rowByteCount):
            guard let sink = memory.sinks[output] else { return }
            try asRuntimeError {
                for row in task.rows {
                    try sink.take(row: row, from: UnsafeRawBufferPointer(start: rows.row(row), count: rowByteCount))
                }
            }
        }
    }
}

extension KernelName {
    /// The kernel of a build; nil for reference implementations.
    fileprivate func function(_ instructionSet: InstructionSet) -> Kernel? {
        switch instructionSet {
        case .portable: GraphKernels.KernelLibrary.kernel(self)
        case .avx2: GraphKernelsAVX2.KernelLibrary.kernel(self)
        case .avx512: GraphKernelsAVX512.KernelLibrary.kernel(self)
        }
    }
}

/// The memory behind a kernel call's pointers.
private final class CallMemory {
    let call: KernelCall
    private let inputs: UnsafeMutableBufferPointer<TensorRows>
    private let outputs: UnsafeMutableBufferPointer<TensorRows>
    private let geometry: UnsafeMutableRawPointer
    private let prologue: CodeMemory
    private let epilogue: CodeMemory

    init(_ step: Step, _ memory: BoundMemory) {
        inputs = heapCopy(of: step.inputs.map { memory.rows[$0.buffer.index] })
        outputs = heapCopy(of: step.outputs.map { memory.rows[$0.index] })
        geometry = .allocate(byteCount: MemoryLayout<StepGeometry>.stride, alignment: 64)
        switch step.geometry {
        case .convolution(let value): geometry.storeBytes(of: value, as: ConvolutionGeometry.self)
        case .composedFilter(let value): geometry.storeBytes(of: value, as: ComposedFilterGeometry.self)
        case .rows(let value): geometry.storeBytes(of: value, as: RowGeometry.self)
        case .sum(let value): geometry.storeBytes(of: value, as: RowSumGeometry.self)
        case .pixelShuffle(let value): geometry.storeBytes(of: value, as: PixelShuffleGeometry.self)
        case .pooling(let value): geometry.storeBytes(of: value, as: PoolingGeometry.self)
        case .resampling(let value): geometry.storeBytes(of: value, as: ResamplingGeometry.self)
        case .border(let value): geometry.storeBytes(of: value, as: BorderGeometry.self)
        case .axisReduction(let value): geometry.storeBytes(of: value, as: AxisReductionGeometry.self)
        case .runs(let value): geometry.storeBytes(of: value, as: AxisRuns.self)
        case .reshape(let value): geometry.storeBytes(of: value, as: ReshapeGeometry.self)
        case .transpose(let value): geometry.storeBytes(of: value, as: TransposeGeometry.self)
        case .matrixProduct(let value): geometry.storeBytes(of: value, as: MatrixProductGeometry.self)
        case .fill(let value): geometry.storeBytes(of: value, as: FillGeometry.self)
        case .resize(let value): geometry.storeBytes(of: value, as: ResizeGeometry.self)
        case .slice(let value): geometry.storeBytes(of: value, as: SliceGeometry.self)
        case .channelConcatenation(let value): geometry.storeBytes(of: value, as: ChannelConcatenationGeometry.self)
        case .rowConcatenation(let value): geometry.storeBytes(of: value, as: RowConcatenationGeometry.self)
        case .peakSignalToNoise(let value): geometry.storeBytes(of: value, as: PeakSignalToNoiseGeometry.self)
        case .none: break
        }
        prologue = CodeMemory(step.prologue, firstInput: step.prologueFirstInput)
        epilogue = CodeMemory(step.epilogue, firstInput: step.epilogueFirstInput)
        call = KernelCall(
            inputs: UnsafePointer(inputs.baseAddress!), outputs: UnsafePointer(outputs.baseAddress!),
            geometry: geometry, prologue: prologue.code, epilogue: epilogue.code, scratch: geometry,
            firstRow: 0, endRow: 0)
    }

    deinit {
        inputs.deallocate()
        outputs.deallocate()
        geometry.deallocate()
    }
}

private final class CodeMemory {
    let code: PointwiseCode
    private let operands: UnsafeMutableBufferPointer<PointwiseOperand>
    private let instructions: UnsafeMutableBufferPointer<PointwiseInstruction>
    private let results: UnsafeMutableBufferPointer<PointwiseResult>

    init(_ program: PointwiseProgram?, firstInput: Int) {
        operands = heapCopy(of: program?.operands ?? [])
        instructions = heapCopy(of: program?.instructions ?? [])
        results = heapCopy(of: program?.results ?? [])
        code = PointwiseCode(
            operands: UnsafePointer(operands.baseAddress!), operandCount: operands.count,
            instructions: UnsafePointer(instructions.baseAddress!), instructionCount: instructions.count,
            results: UnsafePointer(results.baseAddress!), resultCount: results.count, firstInput: firstInput)
    }

    deinit {
        operands.deallocate()
        instructions.deallocate()
        results.deallocate()
    }
}

/// A copy on the heap, never without an address.
private func heapCopy<Element>(of values: [Element]) -> UnsafeMutableBufferPointer<Element> {
    let memory = UnsafeMutablePointer<Element>.allocate(capacity: max(1, values.count))
    memory.initialize(from: values, count: values.count)
    return UnsafeMutableBufferPointer(start: memory, count: values.count)
}

/// What a source or sink does with rows, its error as one of the run.
@inline(__always)
private func asRuntimeError(_ body: () throws -> Void) throws(RuntimeError) {
    do {
        try body()
    } catch let error as RuntimeError {
        throw error
    } catch {
        throw .stream(StreamError(error))
    }
}
