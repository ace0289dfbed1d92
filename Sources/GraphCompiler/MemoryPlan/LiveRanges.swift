extension Program {
    /// When each buffer is live: from the first instruction that uses it to the last, as indices of the list that the
    /// accesses are of. What is read after the run lives to its end.
    func liveRanges(_ accesses: BufferAccesses) -> [ClosedRange<Int>?] {
        let areReadAfterRuns = areReadAfterRuns
        return buffers.indices.map { index in
            guard let first = accesses.byBuffer[index].first, let last = accesses.byBuffer[index].last else { return nil }
            return first.instruction...(areReadAfterRuns[index] ? accesses.instructionCount : last.instruction)
        }
    }

    /// When each place in memory is live: for the first buffer there, from its first use to the last of those that take the
    /// place over, one after the other.
    ///
    /// - Parameter firstInPlace: as ``firstInPlace`` says.
    func joinedLiveRanges(_ firstInPlace: [Int], _ accesses: BufferAccesses) -> [ClosedRange<Int>?] {
        var joined = liveRanges(accesses)
        for (index, first) in firstInPlace.enumerated() where first != index {
            guard let life = joined[index], let whole = joined[first] else { continue }
            joined[first] = min(whole.lowerBound, life.lowerBound)...max(whole.upperBound, life.upperBound)
        }
        return joined
    }
}
