import GraphCompiler
import Synchronization

/// How far each step, source and sink has come, counted without a lock.
///
/// A list's instructions are dealt out to their steps, sources and sinks in order; each of these has a count
/// of instructions that have ended, from its first on without a gap. A worker that ends an instruction sets
/// its flag, and then moves the count on over all flags that are set. Of two workers that end neighbours at
/// once one sees the other's flag, since both set their flag before they look: no instruction is passed over.
final class RowCounters: @unchecked Sendable {
    /// A count in a cache line of its own.
    private static let stride = 16

    /// An instruction's counter and its number there. Its waits end where those of the next begin.
    private struct Place {
        var counter: Int32
        var ordinal: Int32
        var firstWait: Int32
    }

    /// `count` instructions of a counter have ended.
    private struct Wait {
        var counter: Int32
        var count: Int32
    }

    private let instructionCount: Int
    private let counterCount: Int
    private let places: UnsafeMutablePointer<Place>
    private let waits: UnsafeMutablePointer<Wait>
    private let counts: UnsafeMutablePointer<Atomic<Int>>
    /// By counter, then ordinal.
    private let hasEnded: UnsafeMutablePointer<Atomic<Bool>>
    private let firstFlag: UnsafeMutablePointer<Int>

    /// - Throws: when an instruction waits for what does not come before it, which no verified plan does.
    init(_ instructions: [Instruction]) throws(RuntimeError) {
        var counters: [Instruction.Work: Int] = [:]
        // Rows done after each instruction of a counter.
        var rowsDone: [[Int]] = []
        var places: [Place] = []
        var waits: [Wait] = []
        for instruction in instructions {
            let counter = counters[instruction.work] ?? rowsDone.count
            if counter == rowsDone.count {
                counters[instruction.work] = counter
                rowsDone.append([])
            }
            let firstWait = waits.count
            for wait in instruction.waits {
                guard let awaited = counters[wait.work], wait.rowCount <= rowsDone[awaited].last ?? 0 else {
                    throw RuntimeError("an instruction of the plan waits for one that does not come before it")
                }
                let count = rowsDone[awaited].countOfInstructions(for: wait.rowCount)
                waits.append(Wait(counter: Int32(awaited), count: Int32(count)))
            }
            places.append(
                Place(counter: Int32(counter), ordinal: Int32(rowsDone[counter].count), firstWait: Int32(firstWait)))
            rowsDone[counter].append(instruction.rows.upperBound)
        }
        places.append(Place(counter: 0, ordinal: 0, firstWait: Int32(waits.count)))
        instructionCount = instructions.count
        counterCount = rowsDone.count
        self.places = .allocate(capacity: places.count)
        self.places.initialize(from: places, count: places.count)
        self.waits = .allocate(capacity: max(1, waits.count))
        self.waits.initialize(from: waits, count: waits.count)
        counts = .allocate(capacity: max(1, counterCount * Self.stride))
        for index in 0..<counterCount * Self.stride { (counts + index).initialize(to: Atomic(0)) }
        // One flag more than instructions ends each counter: it is never set.
        hasEnded = .allocate(capacity: instructionCount + counterCount + 1)
        for index in 0..<instructionCount + counterCount { (hasEnded + index).initialize(to: Atomic(false)) }
        firstFlag = .allocate(capacity: max(1, counterCount))
        var first = 0
        for (counter, rows) in rowsDone.enumerated() {
            (firstFlag + counter).initialize(to: first)
            first += rows.count + 1
        }
    }

    deinit {
        counts.deinitialize(count: counterCount * Self.stride)
        hasEnded.deinitialize(count: instructionCount + counterCount)
        places.deallocate()
        waits.deallocate()
        counts.deallocate()
        hasEnded.deallocate()
        firstFlag.deallocate()
    }

    /// Before a run, when no worker is at work.
    func reset() {
        for counter in 0..<counterCount { counts[counter * Self.stride].store(0, ordering: .relaxed) }
        for flag in 0..<instructionCount + counterCount { hasEnded[flag].store(false, ordering: .relaxed) }
    }

    /// Whether all that an instruction waits for has ended; what it wrote can be read then.
    func isReady(_ instruction: Int) -> Bool {
        for index in places[instruction].firstWait..<places[instruction + 1].firstWait {
            let wait = waits[Int(index)]
            if counts[Int(wait.counter) * Self.stride].load(ordering: .acquiring) < wait.count { return false }
        }
        return true
    }

    func noteEnd(_ instruction: Int) {
        let counter = Int(places[instruction].counter)
        let flags = hasEnded + firstFlag[counter]
        flags[Int(places[instruction].ordinal)].store(true, ordering: .sequentiallyConsistent)
        var count = counts[counter * Self.stride].load(ordering: .sequentiallyConsistent)
        while flags[count].load(ordering: .sequentiallyConsistent) {
            let (_, current) = counts[counter * Self.stride]
                .compareExchange(expected: count, desired: count + 1, ordering: .sequentiallyConsistent)
            // Where another worker has moved the count, its new value is looked at.
            count = max(count + 1, current)
        }
    }
}

extension [Int] {
    /// How many instructions, of those that have done so many rows one after the other, make a row count.
    fileprivate func countOfInstructions(for rowCount: Int) -> Int {
        var low = 0, high = count
        while low < high {
            let middle = (low + high) / 2
            if self[middle] < rowCount { low = middle + 1 } else { high = middle }
        }
        return low + 1
    }
}
