import GraphIR

/// Gives each buffer its place, letting buffers that are never live together share memory.
///
/// ``ArenaPlaces`` chooses the places; a result in place of an operand lies where that does. Requires: a scheduled program.
/// Ensures: other buffers that overlap in memory have disjoint live ranges; offsets are multiples of 64; `waits` of each
/// instruction as ``deriveWaits(_:_:)`` says. Examples: `Tests/Golden/Plan`.
func planMemory(_ program: Program) throws(ProgramError) -> Program {
    var program = program
    let firstInPlace = program.firstInPlace
    let places = ArenaPlaces(program, firstInPlace)
    let arenaByteCount = places.byteCount
    for (index, offset) in places.offsets { program.buffers[index].storage = .arena(offset: offset) }
    guard arenaByteCount <= PlanLimits.arenaByteCount else {
        throw ProgramError(
            "the plan needs \(arenaByteCount >> 30) GiB of memory, more than the limit of "
                + "\(PlanLimits.arenaByteCount >> 30) GiB; use smaller images or batches")
    }
    for (index, first) in firstInPlace.enumerated() { program.buffers[index].storage = program.buffers[first].storage }
    program.arenaByteCount = arenaByteCount
    program.preparedByteCount = 0
    for index in program.buffers.indices {
        guard case .prepared = program.buffers[index].storage else { continue }
        program.buffers[index].storage = .prepared(offset: program.preparedByteCount)
        program.preparedByteCount += program.buffers[index].byteCount
    }
    for (index, waits) in deriveWaits(program, program.preparation).enumerated() {
        program.preparation[index].waits = waits
    }
    for (index, waits) in deriveWaits(program, program.instructions).enumerated() {
        program.instructions[index].waits = waits
    }
    return program
}

/// Bounds on what a program may ask of the machine.
public enum PlanLimits {
    public static let arenaByteCount = 256 << 30
    public static let instructionCount = 4_000_000
}

/// From the first write to the last read of each buffer, as indices of run instructions; measures
/// and updates live to the end, since they are read after it.
func liveRanges(of program: Program) -> [ClosedRange<Int>?] {
    let accesses = BufferAccesses(program, program.instructions)
    let pinned = program.graph.readAfterRuns
    return program.buffers.indices.map { index in
        guard let first = accesses.byBuffer[index].first, let last = accesses.byBuffer[index].last else { return nil }
        let isPinned = program.buffers[index].value.map(pinned.contains) ?? false
        return first.instruction...(isPinned ? program.instructions.count : last.instruction)
    }
}

extension Program {
    /// Of each first buffer of a place, from its first write to the last read of the last that takes the place over.
    ///
    /// - Parameter firstInPlace: as ``firstInPlace`` says.
    func joinedLiveRanges(_ firstInPlace: [Int]) -> [ClosedRange<Int>?] {
        var joined = liveRanges(of: self)
        for (index, first) in firstInPlace.enumerated() where first != index {
            guard let life = joined[index], let whole = joined[first] else { continue }
            joined[first] = min(whole.lowerBound, life.lowerBound)...max(whole.upperBound, life.upperBound)
        }
        return joined
    }
}
