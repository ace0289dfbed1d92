import GraphCompiler
import Synchronization

/// Which tasks are taken and how far each step, source and sink has come, counted without a lock.
///
/// A list's instructions are dealt out to their steps, sources and sinks in order; each of these has a count
/// of instructions that have ended, from its first on without a gap. A worker that ends an instruction sets
/// its flag, and then moves the count on over all flags that are set. Of two workers that end neighbours at
/// once one sees the other's flag, since both set their flag before they look: no instruction is passed over.
final class RowCounters: @unchecked Sendable {
    /// A count in a cache line of its own.
    private static let stride = 16

    private let table: TaskTable
    /// One for each step, source and sink.
    private let counterCount: Int
    private let counts: UnsafeMutablePointer<Atomic<Int>>
    /// By counter, then ordinal; one flag more than instructions ends each counter: it is never set.
    private let hasEnded: UnsafeMutablePointer<Atomic<Bool>>
    private let flagCount: Int
    private let firstFlag: UnsafeMutablePointer<Int>
    /// By place in the list.
    private let areTaken: UnsafeMutablePointer<Atomic<Bool>>

    init(_ table: TaskTable) {
        self.table = table
        counterCount = table.taskCounts.count
        flagCount = table.count + counterCount
        counts = .allocate(capacity: max(1, counterCount * Self.stride))
        for index in 0..<counterCount * Self.stride { (counts + index).initialize(to: Atomic(0)) }
        hasEnded = .allocate(capacity: max(1, flagCount))
        for index in 0..<flagCount { (hasEnded + index).initialize(to: Atomic(false)) }
        firstFlag = .allocate(capacity: max(1, counterCount))
        var first = 0
        for (counter, taskCount) in table.taskCounts.enumerated() {
            (firstFlag + counter).initialize(to: first)
            first += taskCount + 1
        }
        areTaken = .allocate(capacity: max(1, table.count))
        for index in 0..<table.count { (areTaken + index).initialize(to: Atomic(false)) }
    }

    deinit {
        counts.deinitialize(count: counterCount * Self.stride)
        hasEnded.deinitialize(count: flagCount)
        counts.deallocate()
        hasEnded.deallocate()
        firstFlag.deallocate()
        areTaken.deallocate()
    }

    /// Before a run, when no worker is at work.
    func reset() {
        for counter in 0..<counterCount { counts[counter * Self.stride].store(0, ordering: .relaxed) }
        for flag in 0..<flagCount { hasEnded[flag].store(false, ordering: .relaxed) }
        for index in 0..<table.count { areTaken[index].store(false, ordering: .relaxed) }
    }

    func isTaken(_ instruction: Int) -> Bool { areTaken[instruction].load(ordering: .relaxed) }

    /// - Returns: whether it is the caller's now; no other worker gets it.
    func take(_ instruction: Int) -> Bool { !areTaken[instruction].exchange(true, ordering: .relaxed) }

    /// Whether all that an instruction depends on has ended; what it wrote can be read then.
    func isReady(_ instruction: Int) -> Bool {
        table.dependencies(of: instruction) { dependency in
            counts[Int(dependency.work) * Self.stride].load(ordering: .acquiring) >= dependency.count
        }
    }

    func noteEnd(_ instruction: Int) {
        let task = table[instruction]
        let counter = Int(task.work)
        let flags = hasEnded + firstFlag[counter]
        flags[Int(task.ordinal)].store(true, ordering: .sequentiallyConsistent)
        var count = counts[counter * Self.stride].load(ordering: .sequentiallyConsistent)
        while flags[count].load(ordering: .sequentiallyConsistent) {
            let (_, current) = counts[counter * Self.stride]
                .compareExchange(expected: count, desired: count + 1, ordering: .sequentiallyConsistent)
            // Where another worker has moved the count, its new value is looked at.
            count = max(count + 1, current)
        }
    }
}
