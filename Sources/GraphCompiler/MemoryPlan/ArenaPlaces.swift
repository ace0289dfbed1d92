/// Where buffers lie in the arena, chosen one after the other.
///
/// Places are chosen greedily, largest buffer first, at the lowest free offset (Pisarchyk and Lee,
/// "Efficient memory management for deep neural net inference", 2020, section 4.3: greedy by size). As long as the arena
/// does not grow by it, a place rests before a buffer of other rows takes it over: whoever writes there depends on all that
/// used it, and some instructions later all that has ended.
struct ArenaPlaces {
    /// Instructions for which a place rests, the best first.
    private static let rests = [64, 16, 4]

    private struct Placed {
        var memory: Range<Int>
        var life: ClosedRange<Int>
        var rows: RowLayout
    }

    /// By buffer; those that nothing touches lie at 0.
    private(set) var offsets: [Int: Int] = [:]
    private(set) var byteCount = 0
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
            placed.append(Placed(memory: offset..<offset + buffer.byteCount, life: life, rows: buffer.rows))
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
        let rivals = placed.filter { other in
            let rest = other.rows == buffer.rows ? 0 : rest
            return other.life.lowerBound <= life.upperBound + rest && life.lowerBound <= other.life.upperBound + rest
        }
        var offset = 0
        for rival in rivals.sorted(by: { $0.memory.lowerBound < $1.memory.lowerBound }) {
            if rival.memory.lowerBound >= offset + buffer.byteCount { break }
            offset = max(offset, rival.memory.upperBound)
        }
        return offset
    }
}
