import GraphIR

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
