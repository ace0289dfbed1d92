import GraphIR

/// Derives what each instruction must wait for, so that workers may run ahead in any order.
///
/// Every step, source and sink counts the rows that it has done. An instruction waits for
/// - the rows that it reads, of what writes them,
/// - in rolling buffers and for updates in place, the rows of readers and of its own step that use the
///   rows which it overwrites; where results take an operand's place one after the other, those of the last, which
///   waited for all before it,
/// - for a result in place of an operand, the rows of that one's other readers,
/// - all rows of whatever uses memory that one of its buffers takes over from another,
/// - for a source or sink, its own rows, which are handed over in order.
///
/// Each wait is for instructions that come earlier in the list. Of waits on the end of a step, those that
/// follow from another are left out. Requires: buffers with places.
///
/// - Parameter instructions: the program's preparation or its run.
func deriveWaits(_ program: Program, _ instructions: [Instruction]) -> [[RowWait]] {
    let accesses = BufferAccesses(program, instructions)
    var predecessors = memoryPredecessors(program, instructions, accesses)
    var isReduced = Array(repeating: false, count: program.buffers.count)
    var history = AccessHistory(program, accesses)
    var endings = Endings(instructions)
    return instructions.enumerated().map { index, instruction in
        var needed = Waits()
        for (buffer, access) in accesses.byInstruction[index] {
            history.addConflicts(of: access, with: buffer, by: instruction.work, to: &needed)
            guard access.isWrite else { continue }
            if !isReduced[buffer] {
                // What these had waited for is known by now: those that follow from others are left out once, not for
                // each instruction.
                isReduced[buffer] = true
                let ends = predecessors[buffer].map { RowWait($0, rowCount: endings.rowCount(of: $0)) }
                predecessors[buffer] = endings.withoutImplied(ends).map(\.work)
            }
            for work in predecessors[buffer] { needed.add(work, endings.rowCount(of: work)) }
        }
        if instruction.isStream, instruction.rows.lowerBound > 0 { needed.add(instruction.work, instruction.rows.lowerBound) }
        for (slot, (buffer, access)) in accesses.byInstruction[index].enumerated() {
            history.append(access, of: instruction, slot: slot, to: buffer)
        }
        let waits = endings.withoutImplied(needed.list).byKeyword
        endings.note(waits, of: instruction.work)
        return waits
    }
}

extension Instruction {
    fileprivate var isStream: Bool {
        switch work {
        case .source, .sink: true
        case .step: false
        }
    }
}

/// The furthest count for each that is waited for, in the order of first mention.
private struct Waits {
    private(set) var list: [RowWait] = []

    mutating func add(_ work: Instruction.Work, _ rowCount: Int) {
        if let place = list.firstIndex(where: { $0.work == work }) {
            list[place].rowCount = max(list[place].rowCount, rowCount)
        } else {
            list.append(RowWait(work, rowCount: rowCount))
        }
    }
}

extension [RowWait] {
    /// In the order of the plan's text.
    fileprivate var byKeyword: [RowWait] {
        WaitKeyword.allCases.flatMap { keyword in filter { WaitKeyword($0.work) == keyword } }
    }
}

/// Who has read and written which rows of each buffer so far.
private struct AccessHistory {
    /// One operand of one step, a source or a sink: its rows only ever move on.
    private struct Accessor {
        var work: Instruction.Work
        var slot: Int
        var isWrite: Bool
        var rows: [Range<Int>] = []
        /// The accessor's own count of rows once each is done.
        var counts: [Int] = []

        /// The count at which everything that begins before a row is done; nil when nothing does.
        func count(before row: Int) -> Int? {
            var low = 0, high = rows.count
            while low < high {
                let middle = (low + high) / 2
                if rows[middle].lowerBound < row { low = middle + 1 } else { high = middle }
            }
            return low == 0 ? nil : counts[low - 1]
        }
    }

    private let capacities: [Int]
    private let isUpdated: [Bool]
    /// What no instruction writes is never waited for.
    private let isWritten: [Bool]
    private let inPlaceOf: [Int?]
    /// The last buffer that takes the place of each.
    private let lastInPlace: [Int]
    private var accessors: [[Accessor]]

    init(_ program: Program, _ accesses: BufferAccesses) {
        capacities = program.buffers.map(\.rowCapacity)
        isUpdated = program.buffers.map { if case .parameter = $0.storage { true } else { false } }
        inPlaceOf = program.buffers.map { $0.inPlaceOf?.index }
        lastInPlace = program.lastInPlace
        isWritten = accesses.byBuffer.map { $0.contains(where: \.isWrite) }
        accessors = Array(repeating: [], count: program.buffers.count)
    }

    func addConflicts(
        of access: BufferAccesses.Access, with buffer: Int, by work: Instruction.Work, to needed: inout Waits
    ) {
        guard isWritten[buffer] else { return }
        guard access.isWrite else {
            for accessor in accessors[buffer] where accessor.isWrite && accessor.work != work {
                if let count = accessor.count(before: access.rows.upperBound) { needed.add(accessor.work, count) }
            }
            return
        }
        // Whatever lay there before the operand, the operand's step has waited for.
        if let operand = inPlaceOf[buffer] {
            for accessor in accessors[operand] where accessor.work != work {
                if let count = accessor.count(before: access.rows.upperBound) { needed.add(accessor.work, count) }
            }
            return
        }
        // A ring's rows lie where those one capacity before them lay; an update's where the old ones do.
        let overwrittenEnd = isUpdated[buffer] ? access.rows.upperBound : access.rows.upperBound - capacities[buffer]
        for accessor in accessors[lastInPlace[buffer]] where accessor.work != work || !isUpdated[buffer] {
            if let count = accessor.count(before: overwrittenEnd) { needed.add(accessor.work, count) }
        }
    }

    mutating func append(_ access: BufferAccesses.Access, of instruction: Instruction, slot: Int, to buffer: Int) {
        guard isWritten[buffer] else { return }
        let place =
            accessors[buffer].firstIndex { $0.work == instruction.work && $0.slot == slot }
            ?? {
                accessors[buffer].append(Accessor(work: instruction.work, slot: slot, isWrite: access.isWrite))
                return accessors[buffer].count - 1
            }()
        accessors[buffer][place].rows.append(access.rows)
        accessors[buffer][place].counts.append(instruction.rows.upperBound)
    }
}

/// What has ended for sure once a step, source or sink has.
struct Endings {
    private var rowCounts: [Instruction.Work: Int] = [:]
    private var ended: [Instruction.Work: Set<Instruction.Work>] = [:]

    init(_ instructions: [Instruction]) {
        for instruction in instructions {
            rowCounts[instruction.work] = max(rowCounts[instruction.work] ?? 0, instruction.rows.upperBound)
        }
    }

    func rowCount(of work: Instruction.Work) -> Int { rowCounts[work] ?? 0 }

    /// Takes note of the waits of one instruction.
    mutating func note(_ waits: [RowWait], of work: Instruction.Work) {
        for wait in waits where wait.work != work && isEnd(wait) && ended[work]?.contains(wait.work) != true {
            ended[work, default: []].formUnion(ended[wait.work] ?? [])
            ended[work, default: []].insert(wait.work)
        }
    }

    private func isEnd(_ wait: RowWait) -> Bool { wait.rowCount >= rowCount(of: wait.work) }

    /// Whether some waits include another, by name or because they wait for an end that comes after it.
    func implies(_ waits: [RowWait], _ needed: RowWait) -> Bool {
        waits.contains { wait in
            if wait.work == needed.work { return wait.rowCount >= needed.rowCount }
            return isEnd(wait) && ended[wait.work]?.contains(needed.work) == true
        }
    }

    func withoutImplied(_ waits: [RowWait]) -> [RowWait] {
        waits.filter { needed in !implies(waits.filter { $0.work != needed.work }, needed) }
    }
}

/// For each buffer, all that uses memory which it overlaps and which was live before it.
private func memoryPredecessors(
    _ program: Program, _ instructions: [Instruction], _ accesses: BufferAccesses
) -> [[Instruction.Work]] {
    // Buffers that take over each other's place are one here: the first of them waits for what was there before.
    let firstInPlace = program.firstInPlace
    var lives = [ClosedRange<Int>?](repeating: nil, count: program.buffers.count)
    var users = [[Instruction.Work]](repeating: [], count: program.buffers.count)
    for (index, first) in firstInPlace.enumerated() {
        for access in accesses.byBuffer[index] {
            let life = lives[first] ?? access.instruction...access.instruction
            lives[first] = min(life.lowerBound, access.instruction)...max(life.upperBound, access.instruction)
            let work = instructions[access.instruction].work
            if users[first].last != work, !users[first].contains(work) { users[first].append(work) }
        }
    }
    let ranges = program.buffers.indices.map { index -> (memory: Range<Int>, life: ClosedRange<Int>)? in
        guard case .arena(let offset) = program.buffers[index].storage, let life = lives[index] else { return nil }
        return (offset..<offset + program.buffers[index].byteCount, life)
    }
    var predecessors: [[Instruction.Work]] = Array(repeating: [], count: program.buffers.count)
    func add(_ earlier: Int, before later: Int) {
        for work in users[earlier] where !predecessors[later].contains(work) { predecessors[later].append(work) }
    }
    let byStart = ranges.indices.filter { ranges[$0] != nil }
        .sorted { (ranges[$0]?.memory.lowerBound ?? 0) < (ranges[$1]?.memory.lowerBound ?? 0) }
    for (position, first) in byStart.enumerated() {
        for second in byStart[(position + 1)...] {
            guard let a = ranges[first], let b = ranges[second], b.memory.lowerBound < a.memory.upperBound else { break }
            if a.life.upperBound < b.life.lowerBound {
                add(first, before: second)
            } else if b.life.upperBound < a.life.lowerBound {
                add(second, before: first)
            }
        }
    }
    return predecessors
}
