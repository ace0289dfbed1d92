/// Who has read and written which rows of each buffer so far.
struct AccessHistory {
    /// One operand of one step, a source or a sink: its rows only ever move on.
    private struct Accessor {
        var work: Instruction.Work
        /// Of the work.
        var number: Int
        var slot: Int
        var isWrite: Bool
        /// Where the rows of each instruction begin.
        var starts: [Int] = []
        /// The accessor's own count of rows once each is done.
        var counts: [Int] = []

        /// The count at which everything that begins before a row is done; nil when nothing does.
        func count(before row: Int) -> Int? {
            var low = 0, high = starts.count
            while low < high {
                let middle = (low + high) / 2
                if starts[middle] < row { low = middle + 1 } else { high = middle }
            }
            return low == 0 ? nil : counts[low - 1]
        }
    }

    private let numbers: WorkNumbers
    private let capacities: [Int]
    private let isUpdated: [Bool]
    /// On what no instruction writes nothing depends.
    private let isWritten: [Bool]
    private let inPlaceOf: [Int?]
    /// The last buffer that takes the place of each.
    private let lastInPlace: [Int]
    private var accessors: [[Accessor]]

    init(_ program: Program, _ accesses: BufferAccesses, _ numbers: WorkNumbers) {
        self.numbers = numbers
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
        let number = numbers[work]
        guard access.isWrite else {
            for index in accessors[buffer].indices
            where accessors[buffer][index].isWrite && accessors[buffer][index].number != number {
                add(index, of: buffer, before: access.rows.upperBound, to: &needed)
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
        guard overwrittenEnd > 0 else { return }
        let last = lastInPlace[buffer]
        for index in accessors[last].indices where accessors[last][index].number != number || !isUpdated[buffer] {
            add(index, of: last, before: overwrittenEnd, to: &needed)
        }
    }

    /// All that has used some rows of a buffer but the one that asks.
    func addUsers(of rows: Range<Int>, of buffer: Int, by work: Instruction.Work, to needed: inout DependencyList) {
        let number = numbers[work]
        for index in accessors[buffer].indices where accessors[buffer][index].number != number {
            add(index, of: buffer, before: rows.upperBound, to: &needed)
        }
    }

    private func add(_ index: Int, of buffer: Int, before row: Int, to needed: inout DependencyList) {
        guard let count = accessors[buffer][index].count(before: row) else { return }
        needed.add(accessors[buffer][index].work, count)
    }

    mutating func append(_ access: BufferAccesses.Access, of instruction: Instruction, slot: Int, to buffer: Int) {
        guard isWritten[buffer] else { return }
        let number = numbers[instruction.work]
        let known = accessors[buffer].indices.first {
            accessors[buffer][$0].number == number && accessors[buffer][$0].slot == slot
        }
        let place = known ?? accessors[buffer].count
        if known == nil {
            accessors[buffer].append(
                Accessor(work: instruction.work, number: number, slot: slot, isWrite: access.isWrite))
        }
        accessors[buffer][place].starts.append(access.rows.lowerBound)
        accessors[buffer][place].counts.append(instruction.rows.upperBound)
    }
}
