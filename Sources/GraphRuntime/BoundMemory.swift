import GraphCompiler
import GraphIR
import KernelInterface

/// All memory of one session: arena, prepared values, scalars, scratch for each worker, and where each
/// buffer of the program lies in it.
final class BoundMemory: @unchecked Sendable {
    var sources: [String: any RowSource] = [:]
    var sinks: [String: any RowSink] = [:]
    /// For each buffer of the program.
    let rows: [TensorRows]

    private let program: Program
    private let arena: AlignedMemory
    private let prepared: AlignedMemory
    private let scalars: AlignedMemory
    private let scratch: AlignedMemory
    private let scratchByteStride: Int

    /// Checks once that every buffer lies inside its memory; kernels rely on it.
    init(_ program: Program, _ parameters: ParameterStore, workerCount: Int) throws(RuntimeError) {
        self.program = program
        arena = try AlignedMemory(byteCount: program.arenaByteCount)
        prepared = try AlignedMemory(byteCount: program.preparedByteCount)
        scalars = try AlignedMemory(byteCount: program.buffers.count * 64)
        // A spare cache line keeps workers' scratch from starting at equal offsets of a page.
        scratchByteStride = (program.scratchByteCount + 4095) / 4096 * 4096 + 64
        scratch = try AlignedMemory(byteCount: scratchByteStride * workerCount)
        var rows: [TensorRows] = []
        for (index, buffer) in program.buffers.enumerated() {
            let base: UnsafeMutableRawPointer
            switch buffer.storage {
            case .arena(let offset):
                guard offset >= 0, offset + buffer.byteCount <= program.arenaByteCount || buffer.byteCount == 0 else {
                    throw RuntimeError("buffer '\(buffer.name)' lies outside the arena")
                }
                base = arena.base + offset
            case .prepared(let offset):
                guard offset >= 0, offset + buffer.byteCount <= program.preparedByteCount else {
                    throw RuntimeError("buffer '\(buffer.name)' lies outside the prepared memory")
                }
                base = prepared.base + offset
            case .scalar:
                base = scalars.base + index * 64
            case .parameter(let path):
                guard let address = parameters.address(of: path),
                    let tensor = parameters.tensors.first(where: { $0.path == path }),
                    tensor.elementCount == buffer.rows.rowCount * buffer.rows.rowElementCount
                else { throw RuntimeError("the parameters do not hold @\(path) as the program needs it") }
                base = address
            }
            rows.append(TensorRows(base: base, rowByteStride: buffer.rowByteStride, rowCapacity: buffer.rowCapacity))
        }
        self.rows = rows
    }

    func scratch(worker: Int) -> UnsafeMutableRawPointer { scratch.base + worker * scratchByteStride }

    func setScalar(_ name: String, _ number: Float) {
        guard let index = program.buffers.firstIndex(where: { $0.name == name && $0.storage == .scalar }) else { return }
        rows[index].base.storeBytes(of: number, as: Float.self)
    }

    /// The value of a measure after a run.
    func scalar(_ id: ValueID) -> Float {
        if case .constant(let number) = program.graph[id].content { return Float(number) }
        guard let index = program.buffers.firstIndex(where: { $0.value == id }) else { return .nan }
        return rows[index].base.load(as: Float.self)
    }

    /// Copies updates that no kernel made in place to the weights and states that they assign.
    func commitUpdates() {
        for update in program.graph.updates {
            guard let target = program.buffers.firstIndex(where: { $0.value == update.target }),
                let source = program.buffers.firstIndex(where: { $0.value == update.value })
            else { continue }
            let layout = program.buffers[target].rows
            for row in 0..<layout.rowCount {
                rows[target].row(row).copyMemory(from: rows[source].row(row), byteCount: layout.rowByteCount)
            }
        }
    }
}
