import GraphCompiler
import GraphIR
import GraphKernelInterface

/// The copies at the end of a run that assign updated values, all as of before the first of them.
final class UpdateCopies {
    private struct Copy {
        var source: TensorRows
        var target: TensorRows
        var rowCount: Int
        var rowByteCount: Int
    }

    /// From weights and states that may themselves be assigned, to memory of their own.
    private var stagings: [Copy] = []
    private var assignments: [Copy] = []
    private let staging: AlignedMemory

    init(_ program: Program, _ rows: [TensorRows]) throws(RuntimeError) {
        var bufferOf: [ValueID: Int] = [:]
        for (index, buffer) in program.buffers.enumerated() {
            if let value = buffer.value { bufferOf[value] = index }
        }
        var byteCount = 0
        var stagedAt: [Int: Int] = [:]
        for update in program.graph.updates {
            // A value without a buffer was made in place.
            guard let target = bufferOf[update.target], let source = bufferOf[update.value] else { continue }
            let layout = program.buffers[target].rows
            assignments.append(
                Copy(
                    source: rows[source], target: rows[target], rowCount: layout.rowCount, rowByteCount: layout.rowByteCount))
            if case .parameter = program.buffers[source].storage {
                stagedAt[assignments.count - 1] = byteCount
                byteCount += layout.rowCount * layout.rowByteCount
            }
        }
        staging = try AlignedMemory(byteCount: byteCount)
        for (index, offset) in stagedAt.sorted(by: { $0.key < $1.key }) {
            let layout = assignments[index]
            let place = TensorRows(
                base: staging.base + offset, rowByteStride: layout.rowByteCount, rowCapacity: layout.rowCount)
            stagings.append(
                Copy(source: layout.source, target: place, rowCount: layout.rowCount, rowByteCount: layout.rowByteCount))
            assignments[index].source = place
        }
    }

    func run() {
        perform(stagings)
        perform(assignments)
    }

    private func perform(_ copies: [Copy]) {
        for copy in copies {
            for row in 0..<copy.rowCount {
                copy.target.row(row).copyMemory(from: copy.source.row(row), byteCount: copy.rowByteCount)
            }
        }
    }
}
