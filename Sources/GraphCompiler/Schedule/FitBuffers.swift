import GraphIR

/// Gives each buffer in the arena the rows that its readers need at once, those that lie in one place as many as all their
/// readers do.
///
/// Requires: instructions in their order, and results in place of operands. Ensures: `rowCapacity` of each buffer in the
/// arena is the least that this order allows. What is read after the run keeps all its rows.
func fitBuffers(_ program: Program) -> Program {
    var program = program
    let accesses = BufferAccesses(program, program.instructions)
    let areReadAfterRuns = program.areReadAfterRuns
    let firstInPlace = program.firstInPlace
    let sharing = Dictionary(grouping: program.buffers.indices) { firstInPlace[$0] }
    for (first, buffers) in sharing {
        guard program.buffers[first].isInArena,
            !buffers.contains(where: { areReadAfterRuns[$0] })
        else { continue }
        var capacity = 1
        var oldestNeeded = Int.max
        for access in accesses.inOrder(of: buffers).reversed() {
            if access.isWrite {
                let oldest = min(oldestNeeded, access.rows.lowerBound)
                capacity = max(capacity, access.rows.upperBound - oldest)
            } else {
                oldestNeeded = min(oldestNeeded, access.rows.lowerBound)
            }
        }
        for index in buffers { program.buffers[index].rowCapacity = min(capacity, program.buffers[index].rows.rowCount) }
    }
    return program
}
