/// Derives what each instruction must wait for, so that workers may run ahead in any order.
///
/// An instruction waits for
/// - the writers of the rows that it reads,
/// - in rolling buffers, the readers and writers of the rows that it overwrites,
/// - the last users of memory that one of its buffers takes over from another,
/// - the one before it on the same source or sink, which hand rows over in order.
///
/// Waits that follow from other waits are left out. Requires: buffers with places.
///
/// - Parameter instructions: the program's preparation or its run.
func deriveWaits(_ program: Program, _ instructions: [Instruction]) -> [[Int]] {
    let accesses = BufferAccesses(program, instructions)
    let predecessors = memoryPredecessors(program, accesses)
    // What no instruction writes is never waited for.
    let isWritten = accesses.byBuffer.map { $0.contains(where: \.isWrite) }
    // Accesses so far, by buffer: instructions come in order, so searching backwards ends early.
    var history: [[BufferAccesses.Access]] = Array(repeating: [], count: program.buffers.count)
    var waits: [[Int]] = []
    for index in instructions.indices {
        var needed: Set<Int> = []
        for (buffer, access) in accesses.byInstruction[index] where isWritten[buffer] {
            let overwritten =
                access.rows.lowerBound - program.buffers[buffer].rowCapacity
                ..< access.rows.upperBound - program.buffers[buffer].rowCapacity
            for earlier in history[buffer].reversed() {
                if access.isWrite {
                    // Parameters are written over their old rows, rolling buffers over rows long gone.
                    if earlier.rows.overlaps(overwritten) || earlier.rows.overlaps(access.rows) {
                        needed.insert(earlier.instruction)
                    } else if earlier.isWrite, earlier.rows.upperBound <= overwritten.lowerBound {
                        break
                    }
                } else if earlier.isWrite {
                    if earlier.rows.overlaps(access.rows) { needed.insert(earlier.instruction) }
                    if earlier.rows.lowerBound <= access.rows.lowerBound { break }
                }
            }
            if access.isWrite { needed.formUnion(predecessors[buffer]) }
        }
        for (buffer, access) in accesses.byInstruction[index] where isWritten[buffer] { history[buffer].append(access) }
        if let previous = previousOfStream(index, instructions) { needed.insert(previous) }
        needed.remove(index)
        waits.append(needed.sorted())
    }
    return withoutImplied(waits)
}

/// For each buffer, the last users of memory that it overlaps and that was live before it.
private func memoryPredecessors(_ program: Program, _ accesses: BufferAccesses) -> [Set<Int>] {
    let ranges = program.buffers.indices.map { index -> (memory: Range<Int>, life: ClosedRange<Int>)? in
        guard case .arena(let offset) = program.buffers[index].storage,
            let first = accesses.byBuffer[index].first, let last = accesses.byBuffer[index].last
        else { return nil }
        return (offset..<offset + program.buffers[index].byteCount, first.instruction...last.instruction)
    }
    var predecessors: [Set<Int>] = Array(repeating: [], count: program.buffers.count)
    let byStart = ranges.indices.filter { ranges[$0] != nil }
        .sorted { (ranges[$0]?.memory.lowerBound ?? 0) < (ranges[$1]?.memory.lowerBound ?? 0) }
    for (position, first) in byStart.enumerated() {
        for second in byStart[(position + 1)...] {
            guard let a = ranges[first], let b = ranges[second], b.memory.lowerBound < a.memory.upperBound else { break }
            if a.life.upperBound < b.life.lowerBound {
                predecessors[second].formUnion(accesses.byBuffer[first].map(\.instruction))
            } else if b.life.upperBound < a.life.lowerBound {
                predecessors[first].formUnion(accesses.byBuffer[second].map(\.instruction))
            }
        }
    }
    return predecessors
}

private func previousOfStream(_ index: Int, _ instructions: [Instruction]) -> Int? {
    let isSame: (Instruction.Work) -> Bool
    switch instructions[index].work {
    case .source(let buffer): isSame = { $0 == .source(buffer) }
    case .sink(let output, let buffer): isSame = { $0 == .sink(output: output, buffer) }
    case .step: return nil
    }
    return instructions[..<index].lastIndex { isSame($0.work) }
}

/// Leaves out waits that another wait of the same instruction has already waited for.
///
/// Exact for waits on the latest `Ancestors.reach` instructions; older ones stay and cost a look each.
private func withoutImplied(_ waits: [[Int]]) -> [[Int]] {
    var latest = Array(repeating: Ancestors(), count: Ancestors.reach)
    return waits.enumerated().map { index, needed in
        var ancestors = Ancestors()
        var kept: [Int] = []
        for wait in needed.reversed() where !ancestors.contains(index - wait) {
            kept.append(wait)
            guard index - wait < Ancestors.reach else { continue }
            ancestors.insert(latest[wait % Ancestors.reach], at: index - wait)
        }
        latest[index % Ancestors.reach] = ancestors
        return kept.reversed()
    }
}

/// The instructions that one instruction waits for, directly or by way of others, by how far back they lie.
private struct Ancestors {
    static let reach = 1024
    private var bits = [UInt64](repeating: 0, count: reach / 64)

    func contains(_ distance: Int) -> Bool {
        distance < Self.reach && bits[distance / 64] >> UInt64(distance % 64) & 1 == 1
    }

    /// Adds an instruction at a distance, and all its ancestors.
    mutating func insert(_ other: Ancestors, at distance: Int) {
        let words = distance / 64, shift = UInt64(distance % 64)
        for word in words..<bits.count {
            bits[word] |= other.bits[word - words] << shift
            if shift > 0, word > words { bits[word] |= other.bits[word - words - 1] >> (64 - shift) }
        }
        bits[words] |= 1 << shift
    }
}
