import Foundation
import GraphBasics
import GraphKernelInterface
import GraphKernels
import GraphKernelsAVX2
import GraphKernelsAVX512
import GraphTestSupport
import Testing

/// The builds of the kernels.
enum Build: String, CaseIterable, CustomTestStringConvertible {
    case portable, avx2, avx512

    /// Those that this machine can run.
    static let runnable: [Build] = {
        let flags = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
        let words = Set(flags.split(whereSeparator: \.isWhitespace))
        return allCases.filter { words.isSuperset(of: $0.processorFlags) }
    }()

    private var processorFlags: [Substring] {
        switch self {
        case .portable: []
        case .avx2: ["avx2", "fma"]
        case .avx512: Build.avx2.processorFlags + ["f16c", "avx512f", "avx512vl", "avx512dq", "avx512bw"]
        }
    }

    func kernel(_ name: KernelName) -> Kernel? {
        switch self {
        case .portable: GraphKernels.KernelLibrary.kernel(name)
        case .avx2: GraphKernelsAVX2.KernelLibrary.kernel(name)
        case .avx512: GraphKernelsAVX512.KernelLibrary.kernel(name)
        }
    }

    var testDescription: String { rawValue }
}

/// Memory that ends at a page which may not be touched, filled with 0xFF: NaN as f32.
final class GuardedMemory {
    let base: UnsafeMutableRawPointer
    let byteCount: Int
    private let mapping: UnsafeMutableRawPointer
    private let mappedByteCount: Int

    init(byteCount: Int) {
        let page = 4096
        self.byteCount = byteCount
        mappedByteCount = byteCount.roundedUp(to: page) + page
        mapping = mmap(nil, mappedByteCount, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        memset(mapping, 0xFF, mappedByteCount)
        mprotect(mapping + (mappedByteCount - page), page, PROT_NONE)
        base = mapping + (mappedByteCount - page - byteCount)
    }

    deinit { munmap(mapping, mappedByteCount) }

    /// Whether the bytes before the memory are as they were.
    var isFrontIntact: Bool { UnsafeRawBufferPointer(start: mapping, count: base - mapping).allSatisfy { $0 == 0xFF } }
}

/// Rows of values as tests make and compare them.
struct Rows: Equatable {
    var rowLength: Int
    var element: ElementType
    /// The elements' bytes, row after row.
    var bytes: [UInt8]

    var rowByteCount: Int { rowLength * (element == .u8 ? 1 : 4) }
    var rowCount: Int { rowByteCount == 0 ? 0 : bytes.count / rowByteCount }

    init(rowLength: Int, element: ElementType = .f32, rowCount: Int) {
        self.rowLength = rowLength
        self.element = element
        bytes = [UInt8](repeating: 0xFF, count: rowLength * (element == .u8 ? 1 : 4) * rowCount)
    }

    init(_ values: [Float], rowLength: Int) {
        self.rowLength = rowLength
        element = .f32
        bytes = values.withUnsafeBytes { [UInt8]($0) }
    }

    init(bytes: [UInt8], rowLength: Int) {
        self.rowLength = rowLength
        element = .u8
        self.bytes = bytes
    }

    /// The elements as numbers.
    var values: [Float] {
        element == .u8 ? bytes.map(Float.init) : bytes.withUnsafeBytes { [Float]($0.bindMemory(to: Float.self)) }
    }
}

/// Rows in memory as a kernel sees them, perhaps in a rolling buffer. Rows lie apart, and what lies
/// between them must stay as it is.
final class RowBuffer {
    private let memory: GuardedMemory
    private let rowByteCount: Int
    private let rowByteStride: Int
    private let rowCapacity: Int
    let rows: TensorRows

    /// Holds the given rows of the whole, in as many rows as `capacity` says.
    init(_ whole: Rows, held: Range<Int>? = nil, capacity: Int? = nil) {
        let held = held ?? 0..<whole.rowCount
        rowCapacity = max(1, capacity ?? whole.rowCount)
        rowByteCount = whole.rowByteCount
        rowByteStride = rowByteCount.roundedUp(to: 64) + 64
        memory = GuardedMemory(byteCount: (rowCapacity - 1) * rowByteStride + rowByteCount)
        rows = TensorRows(base: memory.base, rowByteStride: rowByteStride, rowCapacity: rowCapacity)
        whole.bytes.withUnsafeBytes { bytes in
            for row in held {
                rows.row(row).copyMemory(
                    from: bytes.baseAddress! + row * rowByteCount, byteCount: rowByteCount)
            }
        }
    }

    /// Copies rows back into the whole.
    func read(_ range: Range<Int>, into whole: inout Rows) {
        whole.bytes.withUnsafeMutableBytes { bytes in
            for row in range {
                (bytes.baseAddress! + row * rowByteCount).copyMemory(from: rows.row(row), byteCount: rowByteCount)
            }
        }
    }

    /// Whether nothing was written between the rows or before them.
    var isSurroundingIntact: Bool {
        for row in 0..<rowCapacity - 1 {
            let gap = memory.base + (row * rowByteStride + rowByteCount)
            for i in 0..<rowByteStride - rowByteCount where gap.load(fromByteOffset: i, as: UInt8.self) != 0xFF {
                return false
            }
        }
        return memory.isFrontIntact
    }
}

/// One use of a kernel, on whole tensors.
struct KernelUse<Geometry> {
    var name: KernelName
    var geometry: Geometry
    var inputs: [Rows]
    var outputs: [Rows]
    var prologue: PointwiseProgram?
    var prologueInput = 0
    var epilogue: PointwiseProgram?
    var epilogueInput = 0
    var scratchByteCount = 0
    /// Rows of the first output.
    var rowCount: Int
    /// Outputs that lie over an input, as output: input.
    var inPlace: [Int: Int] = [:]

    /// Computes everything in one call.
    func run(_ build: Build, sourceLocation: SourceLocation = #_sourceLocation) -> [Rows] {
        let inputBuffers = inputs.map { RowBuffer($0) }
        let outputBuffers = outputs.indices.map { j in inPlace[j].map { inputBuffers[$0] } ?? RowBuffer(outputs[j]) }
        call(build, inputBuffers, outputBuffers, 0..<rowCount)
        var results = outputs
        for j in outputs.indices { outputBuffers[j].read(0..<outputs[j].rowCount, into: &results[j]) }
        expectIntact(inputBuffers + outputBuffers, sourceLocation)
        return results
    }

    /// Computes some rows at a time, with every tensor in the smallest rolling buffer that will do.
    ///
    /// - Parameters:
    ///   - rowsPerCall: rows of the first output; other outputs have the same rows.
    ///   - needed: the rows of input k that rows of the output need; nil where it is not an image.
    func runRolling(
        _ build: Build, rowsPerCall: Int, needed: (Int, Range<Int>) -> Range<Int>?,
        sourceLocation: SourceLocation = #_sourceLocation
    ) -> [Rows] {
        let ranges = stride(from: 0, to: rowCount, by: rowsPerCall).map { $0..<min($0 + rowsPerCall, rowCount) }
        let capacities = inputs.indices.map { k in ranges.compactMap { needed(k, $0)?.count }.max() }
        var results = outputs
        for range in ranges {
            let inputBuffers = inputs.indices.map {
                RowBuffer(inputs[$0], held: needed($0, range), capacity: capacities[$0])
            }
            let outputBuffers = outputs.map { RowBuffer($0, held: 0..<0, capacity: rowsPerCall) }
            call(build, inputBuffers, outputBuffers, range)
            for j in outputs.indices { outputBuffers[j].read(range, into: &results[j]) }
            expectIntact(inputBuffers + outputBuffers, sourceLocation)
        }
        return results
    }

    private func expectIntact(_ buffers: [RowBuffer], _ sourceLocation: SourceLocation) {
        #expect(
            buffers.allSatisfy { $0.isSurroundingIntact }, "\(name) wrote outside its rows",
            sourceLocation: sourceLocation)
    }

    private func call(_ build: Build, _ inputs: [RowBuffer], _ outputs: [RowBuffer], _ range: Range<Int>) {
        let scratch = GuardedMemory(byteCount: scratchByteCount.roundedUp(to: 64))
        let kernel = build.kernel(name)!
        withCode(prologue, firstInput: prologueInput) { prologue in
            withCode(epilogue, firstInput: epilogueInput) { epilogue in
                withUnsafeBytes(of: geometry) { geometry in
                    let call = KernelCall(
                        inputs: UnsafePointer(inputs.map(\.rows).copied()),
                        outputs: UnsafePointer(outputs.map(\.rows).copied()),
                        geometry: geometry.baseAddress!, prologue: prologue, epilogue: epilogue,
                        scratch: scratch.base, firstRow: range.lowerBound, endRow: range.upperBound)
                    withUnsafePointer(to: call) { kernel($0) }
                    call.inputs.deallocate()
                    call.outputs.deallocate()
                }
            }
        }
        #expect(scratch.isFrontIntact)
    }
}

/// The program as kernels read it, with its scratch in no one's hands.
private func withCode(_ program: PointwiseProgram?, firstInput: Int, _ body: (PointwiseCode) -> Void) {
    let program = program ?? PointwiseProgram(operands: [], instructions: [], results: [])
    let operands = program.operands.copied()
    let instructions = program.instructions.copied()
    let results = program.results.copied()
    body(
        PointwiseCode(
            operands: operands, operandCount: program.operands.count,
            instructions: instructions, instructionCount: program.instructions.count,
            results: results, resultCount: program.results.count, firstInput: firstInput))
    operands.deallocate()
    instructions.deallocate()
    results.deallocate()
}

extension Array {
    /// The elements in memory of the caller's.
    fileprivate func copied() -> UnsafeMutablePointer<Element> {
        let copy = UnsafeMutablePointer<Element>.allocate(capacity: count + 1)
        for (index, element) in enumerated() { (copy + index).initialize(to: element) }
        return copy
    }
}

/// Rows of the same numbers in every run.
struct Numbers {
    private var generator: RepeatableGenerator

    init(_ seed: UInt64 = 1) { generator = RepeatableGenerator(seed: seed) }

    mutating func next() -> UInt64 { generator.next() }

    /// From −1 to 1.
    mutating func float() -> Float { Float(Int64(bitPattern: next()) >> 40) / 0x1p23 }

    mutating func rows(_ rowCount: Int, _ rowLength: Int, scale: Float = 1) -> Rows {
        Rows((0..<rowCount * rowLength).map { _ in scale * float() }, rowLength: rowLength)
    }

    mutating func byteRows(_ rowCount: Int, _ rowLength: Int) -> Rows {
        Rows(bytes: (0..<rowCount * rowLength).map { _ in UInt8(truncatingIfNeeded: next()) }, rowLength: rowLength)
    }
}
