import GraphIR

/// Gives each buffer its place, letting buffers that are never live together share memory.
///
/// ``ArenaPlaces`` chooses the places; a result in place of an operand lies where that does. Requires: a scheduled program.
/// Ensures: other buffers that overlap in memory have disjoint live ranges; offsets are multiples of 64.
/// Examples: `Tests/Golden/Plan`.
func placeBuffers(_ program: Program) throws(ProgramError) -> Program {
    var program = program
    let firstInPlace = program.firstInPlace
    let places = ArenaPlaces(program, firstInPlace)
    let arenaByteCount = places.byteCount
    for (index, offset) in places.offsets { program.buffers[index].storage = .arena(offset: offset) }
    guard arenaByteCount <= PlanLimits.arenaByteCount else { throw .tooLarge(arenaByteCount: arenaByteCount) }
    for (index, first) in firstInPlace.enumerated() { program.buffers[index].storage = program.buffers[first].storage }
    program.arenaByteCount = arenaByteCount
    program.preparedByteCount = 0
    for index in program.buffers.indices {
        guard case .prepared = program.buffers[index].storage else { continue }
        program.buffers[index].storage = .prepared(offset: program.preparedByteCount)
        program.preparedByteCount += program.buffers[index].byteCount
    }
    return program
}
