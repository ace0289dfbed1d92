import GraphIR

/// Notes on what each instruction depends, so that workers may run ahead in any order.
///
/// Requires: buffers with places. Ensures: `dependencies` of each instruction as ``dependencies(of:_:)`` says. Examples:
/// `Tests/Golden/Plan`.
func deriveDependencies(_ program: Program) -> Program {
    var program = program
    for (index, needed) in dependencies(of: program, program.preparation).enumerated() {
        program.preparation[index].dependencies = needed
    }
    for (index, needed) in dependencies(of: program, program.instructions).enumerated() {
        program.instructions[index].dependencies = needed
    }
    return program
}

/// Derives on what each instruction depends.
///
/// Every step, source and sink counts the rows that it has done. An instruction depends on
/// - the rows that it reads, of what writes them,
/// - in rolling buffers and for updates in place, the rows of readers and of its own step that use the
///   rows which it overwrites; where results take an operand's place one after the other, those of the last, which
///   depends on all before it,
/// - for a result in place of an operand, the rows of that one's other readers,
/// - in a buffer that lies where another of the same rows lay, the rows of all that used those which it overwrites,
/// - all rows of whatever else uses memory that one of its buffers takes over,
/// - for a source or sink, its own rows, which are handed over in order.
///
/// All of these come earlier in the list. Of dependencies on the end of a step, those that
/// follow from another are left out. Requires: buffers with places.
///
/// - Parameter instructions: the program's preparation or its run.
func dependencies(of program: Program, _ instructions: [Instruction]) -> [[RowDependency]] {
    let accesses = BufferAccesses(program, instructions)
    var (predecessors, sameRows) = memoryPredecessors(program, instructions, accesses)
    var isReduced = Array(repeating: false, count: program.buffers.count)
    var history = AccessHistory(program, accesses)
    var endings = Endings(instructions)
    return instructions.enumerated().map { index, instruction in
        var needed = DependencyList()
        let ownAccesses = program.accesses(of: instruction, at: index)
        for (buffer, access) in ownAccesses {
            history.addConflicts(of: access, with: buffer, by: instruction.work, to: &needed)
            guard access.isWrite else { continue }
            if !isReduced[buffer] {
                // On what these depend is known by now: those that follow from others are left out once, not for
                // each instruction.
                isReduced[buffer] = true
                let ends = predecessors[buffer].map { RowDependency($0, rowCount: endings.rowCount(of: $0)) }
                predecessors[buffer] = endings.withoutImplied(ends).map(\.work)
            }
            if let earlier = sameRows[buffer] {
                history.addUsers(of: access.rows, of: earlier, by: instruction.work, to: &needed)
            }
            for work in predecessors[buffer] { needed.add(work, endings.rowCount(of: work)) }
        }
        if instruction.isStream, instruction.rows.lowerBound > 0 { needed.add(instruction.work, instruction.rows.lowerBound) }
        for (slot, (buffer, access)) in ownAccesses.enumerated() {
            history.append(access, of: instruction, slot: slot, to: buffer)
        }
        let dependencies = endings.withoutImplied(needed.list).byKeyword
        endings.note(dependencies, of: instruction.work)
        return dependencies
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

/// The furthest count of each that is depended on, in the order of first mention.
private struct DependencyList {
    private(set) var list: [RowDependency] = []

    mutating func add(_ work: Instruction.Work, _ rowCount: Int) {
        if let place = list.firstIndex(where: { $0.work == work }) {
            list[place].rowCount = max(list[place].rowCount, rowCount)
        } else {
            list.append(RowDependency(work, rowCount: rowCount))
        }
    }
}

extension [RowDependency] {
    /// In the order of the plan's text.
    fileprivate var byKeyword: [RowDependency] {
        DependencyKeyword.allCases.flatMap { keyword in filter { DependencyKeyword($0.work) == keyword } }
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
    /// On what no instruction writes nothing depends.
    private let isWritten: [Bool]
    private let inPlaceOf: [Int?]
    /// The last buffer that takes the place of each.
    private let lastInPlace: [Int]
    private var accessors: [[Accessor]]

    init(_ program: Program, _ accesses: BufferAccesses) {
        capacities = program.buffers.map(\.rowCapacity)
        isUpdated = program.buffers.map(\.isParameter)
        inPlaceOf = program.buffers.map { $0.inPlaceOf?.index }
        lastInPlace = program.lastInPlace
        isWritten = accesses.byBuffer.map { $0.contains(where: \.isWrite) }
        accessors = Array(repeating: [], count: program.buffers.count)
    }

    func addConflicts(
        of access: BufferAccesses.Access, with buffer: Int, by work: Instruction.Work, to needed: inout DependencyList
    ) {
        guard isWritten[buffer] else { return }
        guard access.isWrite else {
            for accessor in accessors[buffer] where accessor.isWrite && accessor.work != work {
                if let count = accessor.count(before: access.rows.upperBound) { needed.add(accessor.work, count) }
            }
            return
        }
        // On whatever lay there before the operand, the operand's step depends.
        if let operand = inPlaceOf[buffer] {
            addUsers(of: access.rows, of: operand, by: work, to: &needed)
            return
        }
        // A rolling buffer's rows lie where those one capacity before them lay; an update's where the old ones do.
        let overwrittenEnd = isUpdated[buffer] ? access.rows.upperBound : access.rows.upperBound - capacities[buffer]
        for accessor in accessors[lastInPlace[buffer]] where accessor.work != work || !isUpdated[buffer] {
            if let count = accessor.count(before: overwrittenEnd) { needed.add(accessor.work, count) }
        }
    }

    /// All that has used some rows of a buffer but the one that asks.
    func addUsers(of rows: Range<Int>, of buffer: Int, by work: Instruction.Work, to needed: inout DependencyList) {
        for accessor in accessors[buffer] where accessor.work != work {
            if let count = accessor.count(before: rows.upperBound) { needed.add(accessor.work, count) }
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

    /// Takes note of the dependencies of one instruction.
    mutating func note(_ dependencies: [RowDependency], of work: Instruction.Work) {
        for dependency in dependencies
        where dependency.work != work && isEnd(dependency) && ended[work]?.contains(dependency.work) != true {
            ended[work, default: []].formUnion(ended[dependency.work] ?? [])
            ended[work, default: []].insert(dependency.work)
        }
    }

    private func isEnd(_ dependency: RowDependency) -> Bool { dependency.rowCount >= rowCount(of: dependency.work) }

    /// Whether some dependencies include another, by name or because one is on an end that comes after it.
    func implies(_ dependencies: [RowDependency], _ needed: RowDependency) -> Bool {
        dependencies.contains { dependency in
            if dependency.work == needed.work { return dependency.rowCount >= needed.rowCount }
            return isEnd(dependency) && ended[dependency.work]?.contains(needed.work) == true
        }
    }

    func withoutImplied(_ dependencies: [RowDependency]) -> [RowDependency] {
        dependencies.filter { needed in !implies(dependencies.filter { $0.work != needed.work }, needed) }
    }
}

/// What used the memory of each buffer before it.
///
/// - Returns: for each buffer the buffer of the same place and rows that was the last to lie there, if any; and all
///   that used memory which it overlaps after that one.
private func memoryPredecessors(
    _ program: Program, _ instructions: [Instruction], _ accesses: BufferAccesses
) -> (works: [[Instruction.Work]], sameRows: [Int?]) {
    let tenants = tenants(of: program, instructions, accesses)
    var works: [[Instruction.Work]] = Array(repeating: [], count: program.buffers.count)
    var sameRows: [Int?] = Array(repeating: nil, count: program.buffers.count)
    for (later, earlier) in predecessors(of: tenants).enumerated() {
        // Whoever overwrites a row there follows all that used it, and these all that used its memory before.
        let same = earlier.filter { program.haveSameRows(tenants[$0].first, tenants[later].first) }
            .max { tenants[$0].life.upperBound < tenants[$1].life.upperBound }
        sameRows[tenants[later].first] = same.map { tenants[$0].last }
        for tenant in earlier where same.map({ tenants[$0].life.upperBound < tenants[tenant].life.lowerBound }) ?? true {
            for work in tenants[tenant].users where !works[tenants[later].first].contains(work) {
                works[tenants[later].first].append(work)
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
private func tenants(of program: Program, _ instructions: [Instruction], _ accesses: BufferAccesses) -> [Tenant] {
    let firstInPlace = program.firstInPlace, lastInPlace = program.lastInPlace
    let lives = program.joinedLiveRanges(firstInPlace, accesses)
    var users: [Int: [Instruction.Work]] = [:]
    for (index, first) in firstInPlace.enumerated() where program.buffers[index].isInArena {
        for access in accesses.byBuffer[index] {
            let work = instructions[access.instruction].work
            if users[first]?.last != work, users[first]?.contains(work) != true { users[first, default: []].append(work) }
        }
    }
    return program.buffers.indices.compactMap { index -> Tenant? in
        guard firstInPlace[index] == index, case .arena(let offset) = program.buffers[index].storage, let life = lives[index]
        else { return nil }
        return Tenant(
            first: index, last: lastInPlace[index], memory: offset..<offset + program.buffers[index].byteCount, life: life,
            users: users[index] ?? [])
    }.sorted { ($0.memory.lowerBound, $0.first) < ($1.memory.lowerBound, $1.first) }
}

/// For each tenant those before it in some of its memory, by index.
private func predecessors(of tenants: [Tenant]) -> [[Int]] {
    var predecessors: [[Int]] = Array(repeating: [], count: tenants.count)
    for (first, a) in tenants.enumerated() {
        for second in tenants.indices[(first + 1)...] {
            let b = tenants[second]
            guard b.memory.lowerBound < a.memory.upperBound else { break }
            if a.life.upperBound < b.life.lowerBound {
                predecessors[second].append(first)
            } else if b.life.upperBound < a.life.lowerBound {
                predecessors[first].append(second)
            }
        }
    }
    return predecessors
}

extension Program {
    /// Whether row by row two buffers are the same memory.
    fileprivate func haveSameRows(_ first: Int, _ second: Int) -> Bool {
        let (a, b) = (buffers[first], buffers[second])
        return a.storage == b.storage && a.rows == b.rows
            && [a, b].allSatisfy { $0.rowCapacity == $0.rows.rowCount }
    }
}
