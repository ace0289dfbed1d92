/// What used the memory of each buffer before it.
///
/// - Returns: for each buffer the buffer of the same place and rows that was the last to lie there, if any; and all
///   that used memory which it overlaps after that one.
func memoryPredecessors(
    _ program: Program, _ instructions: [Instruction], _ accesses: BufferAccesses, _ numbers: WorkNumbers
) -> (works: [[Instruction.Work]], sameRows: [Int?]) {
    let tenants = tenants(of: program, instructions, accesses, numbers)
    var works: [[Instruction.Work]] = Array(repeating: [], count: program.buffers.count)
    var sameRows: [Int?] = Array(repeating: nil, count: program.buffers.count)
    for (later, earlier) in predecessors(of: tenants).enumerated() where !earlier.isEmpty {
        let first = tenants[later].first
        // Whoever overwrites a row there follows all that used it, and these all that used its memory before.
        let same = earlier.filter { program.haveSameRows(tenants[$0].first, first) }
            .max { tenants[$0].life.upperBound < tenants[$1].life.upperBound }
        sameRows[first] = same.map { tenants[$0].last }
        var known = WorkSet()
        for tenant in earlier where same.map({ tenants[$0].life.upperBound < tenants[tenant].life.lowerBound }) ?? true {
            for work in tenants[tenant].users where !known.contains(numbers[work]) {
                known.insert(numbers[work])
                works[first].append(work)
            }
        }
    }
    return (works, sameRows)
}

/// Buffers that take each other's place, in memory that is theirs as long as they live.
private struct Tenant {
    var first: Int, last: Int
    var memory: Range<Int>
    var life: ClosedRange<Int>
    /// All that touches it.
    var users: [Instruction.Work]
}

/// By the start of their memory.
private func tenants(
    of program: Program, _ instructions: [Instruction], _ accesses: BufferAccesses, _ numbers: WorkNumbers
) -> [Tenant] {
    let firstInPlace = program.firstInPlace, lastInPlace = program.lastInPlace
    let lives = program.joinedLiveRanges(firstInPlace, accesses)
    var users: [[Instruction.Work]] = Array(repeating: [], count: program.buffers.count)
    var known = Array(repeating: WorkSet(), count: program.buffers.count)
    for (index, first) in firstInPlace.enumerated() where program.buffers[index].isInArena {
        for access in accesses.byBuffer[index] {
            let work = instructions[access.instruction].work
            guard !known[first].contains(numbers[work]) else { continue }
            known[first].insert(numbers[work])
            users[first].append(work)
        }
    }
    return program.buffers.indices.compactMap { index -> Tenant? in
        guard firstInPlace[index] == index, case .arena(let offset) = program.buffers[index].storage, let life = lives[index]
        else { return nil }
        return Tenant(
            first: index, last: lastInPlace[index], memory: offset..<offset + program.buffers[index].byteCount, life: life,
            users: users[index])
    }.sorted { ($0.memory.lowerBound, $0.first) < ($1.memory.lowerBound, $1.first) }
}

/// For each tenant those before it in some of its memory, by index.
private func predecessors(of tenants: [Tenant]) -> [[Int]] {
    let memories = tenants.map(\.memory), lives = tenants.map(\.life)
    var predecessors: [[Int]] = Array(repeating: [], count: tenants.count)
    for first in tenants.indices {
        let end = memories[first].upperBound, life = lives[first]
        for second in tenants.indices[(first + 1)...] {
            guard memories[second].lowerBound < end else { break }
            if life.upperBound < lives[second].lowerBound {
                predecessors[second].append(first)
            } else if lives[second].upperBound < life.lowerBound {
                predecessors[first].append(second)
            }
        }
    }
    return predecessors
}

extension Program {
    /// Whether row by row two buffers are the same memory.
    fileprivate func haveSameRows(_ first: Int, _ second: Int) -> Bool {
        buffers[first].storage == buffers[second].storage && buffers[first].rows == buffers[second].rows
            && buffers[first].rowCapacity == buffers[first].rows.rowCount
            && buffers[second].rowCapacity == buffers[second].rows.rowCount
    }
}
