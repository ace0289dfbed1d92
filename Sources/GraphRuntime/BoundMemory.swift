import GraphBasics
import GraphCompiler
import GraphIR
import GraphKernelInterface

/// All memory that one session works in: arena, prepared values, scalars, scratch for each worker, and where each
/// buffer of the program lies in it. Only scalars are the session's own.
final class BoundMemory: @unchecked Sendable {
    /// Bound by the caller: a source for each buffer of the program that is an input, a sink for each output.
    var sources: [(any RowSource)?]
    var sinks: [(any RowSink)?]
    /// For each buffer of the program.
    let rows: [TensorRows]

    private let arena: AlignedMemory
    let prepared: PreparedValues
    private let scalars: AlignedMemory
    private let scratch: AlignedMemory
    private let scratchByteStride: Int
    private let updates: UpdateCopies

    /// Checks once that every buffer lies inside its memory; kernels rely on it.
    init(_ program: Program, _ parameters: ParameterStore, in workspace: Workspace) throws(RuntimeError) {
        arena = try workspace.arena(byteCount: program.arenaByteCount)
        prepared = try workspace.prepared(for: program, parameters)
        scalars = try AlignedMemory(byteCount: program.buffers.count * 64)
        // A spare cache line keeps workers' scratch from starting at equal offsets of a page.
        scratchByteStride = program.scratchByteCount.roundedUp(to: 4096) + 64
        scratch = try workspace.scratch(byteCount: scratchByteStride * (workspace.threadCount + workspace.guestCount))
        var rows: [TensorRows] = []
        for (index, buffer) in program.buffers.enumerated() {
            let base: UnsafeMutableRawPointer
            switch buffer.storage {
            case .arena(let offset):
                guard offset >= 0, offset + buffer.byteCount <= program.arenaByteCount || buffer.byteCount == 0 else {
                    throw .misplacedBuffer(buffer.name)
                }
                base = arena.base + offset
            case .prepared(let offset):
                guard offset >= 0, offset + buffer.byteCount <= program.preparedByteCount else {
                    throw .misplacedBuffer(buffer.name)
                }
                base = prepared.memory.base + offset
            case .scalar:
                base = scalars.base + index * 64
            case .parameter(let path):
                guard let address = parameters.address(of: path), let tensor = parameters.tensor(of: path),
                    tensor.elementCount == buffer.rows.rowCount * buffer.rows.rowElementCount
                else { throw .unfitParameter(path: path) }
                base = address
            }
            rows.append(TensorRows(base: base, rowByteStride: buffer.rowByteStride, rowCapacity: buffer.rowCapacity))
        }
        self.rows = rows
        sources = Array(repeating: nil, count: rows.count)
        sinks = Array(repeating: nil, count: program.graph.outputs.count)
        updates = try UpdateCopies(program, rows)
    }

    func scratch(worker: Int) -> UnsafeMutableRawPointer { scratch.base + worker * scratchByteStride }

    /// Lets go of the caller's sources and sinks.
    func unbind() {
        for index in sources.indices { sources[index] = nil }
        for index in sinks.indices { sinks[index] = nil }
    }

    /// Copies updates that no kernel made in place to the weights and states that they assign.
    func commitUpdates() { updates.run() }
}
