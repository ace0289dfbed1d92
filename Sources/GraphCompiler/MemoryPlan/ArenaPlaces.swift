/// Where buffers lie in the arena, chosen one after the other.
///
/// Places are chosen greedily, largest buffer first, at the lowest free offset (Pisarchyk and Lee,
/// "Efficient memory management for deep neural net inference", 2020, section 4.3: greedy by size). As long as the arena
/// does not grow by it, a place rests before a buffer of other rows takes it over: whoever writes there depends on all that
/// used it, and some instructions later all that has ended.
struct ArenaPlaces {
    /// Instructions for which a place rests, the best first.
    private static let rests = [64, 16, 4]

    fileprivate struct Placed {
        var memory: Range<Int>
        var life: ClosedRange<Int>
        var rows: RowLayout
    }

    /// By buffer; those that nothing touches lie at 0.
    private(set) var offsets: [Int: Int] = [:]
    private(set) var byteCount = 0
    /// By the start of their memory.
    private var placed: [Placed] = []

    /// - Parameter firstInPlace: as ``Program/firstInPlace`` says.
    init(_ program: Program, _ firstInPlace: [Int]) {
        let lives = program.joinedLiveRanges(firstInPlace, BufferAccesses(program, program.instructions))
        let order = program.buffers.indices.filter { firstInPlace[$0] == $0 && program.buffers[$0].isInArena }
            .sorted { (program.buffers[$1].byteCount, $0) < (program.buffers[$0].byteCount, $1) }
        let tightest = ArenaPlaces(program, order, lives, restingWithin: nil)
        let rested = ArenaPlaces(program, order, lives, restingWithin: tightest.byteCount)
        self = rested.byteCount <= tightest.byteCount ? rested : tightest
    }

    /// - Parameter limit: bytes that no rest is worth to pass; nil for no rest at all.
    private init(_ program: Program, _ order: [Int], _ lives: [ClosedRange<Int>?], restingWithin limit: Int?) {
        for index in order {
            guard let life = lives[index] else {
                offsets[index] = 0
                continue
            }
            let buffer = program.buffers[index]
            let rested = limit.flatMap { lowestOffset(for: buffer, life, restingWithin: $0) }
            let offset = rested ?? lowestOffset(for: buffer, life, rest: 0)
            let memory = offset..<offset + buffer.byteCount
            placed.insert(Placed(memory: memory, life: life, rows: buffer.rows), at: placed.endIndex(before: offset))
            offsets[index] = offset
            byteCount = max(byteCount, offset + buffer.byteCount)
        }
    }

    private func lowestOffset(for buffer: Buffer, _ life: ClosedRange<Int>, restingWithin limit: Int) -> Int? {
        for rest in Self.rests {
            let offset = lowestOffset(for: buffer, life, rest: rest)
            if offset + buffer.byteCount <= limit { return offset }
        }
        return nil
    }

    private func lowestOffset(for buffer: Buffer, _ life: ClosedRange<Int>, rest: Int) -> Int {
        let byteCount = buffer.byteCount
        var offset = 0
        for other in placed {
            if other.memory.lowerBound >= offset + byteCount { break }
            let rest = other.rows == buffer.rows ? 0 : rest
            guard other.life.lowerBound <= life.upperBound + rest, life.lowerBound <= other.life.upperBound + rest else {
                continue
            }
            offset = max(offset, other.memory.upperBound)
        }
        return offset
    }
}

extension [ArenaPlaces.Placed] {
    /// Behind all that begin at an offset or before it.
    fileprivate func endIndex(before offset: Int) -> Int {
        var low = 0, high = count
        while low < high {
            let middle = (low + high) / 2
            if self[middle].memory.lowerBound <= offset { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
