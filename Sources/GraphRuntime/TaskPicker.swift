/// What one worker does next in a run.
///
/// A worker takes the tasks at whose home it is, in the list's order: what they read it has mostly written or read before,
/// so that it lies in its own caches. A line that goes to another processor and back takes some 60 ns, and 340 where the
/// two share no cache, as happens to the virtual processors of a cloud's machine from one second to the next. Who finds
/// nothing to do at home helps the others out.
///
/// Only tasks are taken whose waits are met: whoever has one can end it. Of all that have not ended the first in the list
/// waits for nothing: it is taken already, or its home takes it next, or whoever helps. So some worker can always go on.
struct TaskPicker {
    /// Tasks that are looked at for help: waits of neighbours in the list end one soon after the other.
    private static let helpReach = 32

    /// A microsecond or a few: an own task that is about to be ready is better than another's.
    private static let spinsBeforeHelp = 100

    private let table: TaskTable
    private let worker: Int
    private let workerCount: Int
    /// All of the worker's own tasks before this one are taken.
    private var ownPosition = 0
    /// All tasks before this one are taken.
    private var position = 0
    /// Since the last own task.
    private var isHelping = false

    init(_ table: TaskTable, worker: Int, of workerCount: Int) {
        self.table = table
        self.worker = worker
        self.workerCount = workerCount
    }

    /// Takes a task whose waits are met: an own one, or after some spins any.
    ///
    /// - Parameter spins: how often there was none before.
    mutating func take(_ counters: RowCounters, afterSpins spins: Int) -> Int? {
        if let own = takeOwn(counters) {
            isHelping = false
            return own
        }
        guard isHelping || spins >= Self.spinsBeforeHelp || ownPosition == table.count,
            let task = takeAny(counters)
        else { return nil }
        isHelping = true
        return task
    }

    /// Takes the first of the worker's own tasks that no one has; nil where it has to wait, or there is none.
    mutating func takeOwn(_ counters: RowCounters) -> Int? {
        while ownPosition < table.count,
            counters.isTaken(ownPosition) || table.home(of: ownPosition, workerCount: workerCount) != worker
        {
            ownPosition += 1
        }
        guard ownPosition < table.count, counters.isReady(ownPosition), counters.take(ownPosition) else { return nil }
        return ownPosition
    }

    /// Takes the first task that need not wait, wherever its home is; nil where all near the front must.
    mutating func takeAny(_ counters: RowCounters) -> Int? {
        while position < table.count, counters.isTaken(position) { position += 1 }
        var seen = 0
        for index in position..<table.count where !counters.isTaken(index) {
            if counters.isReady(index), counters.take(index) { return index }
            seen += 1
            guard seen < Self.helpReach else { break }
        }
        return nil
    }

    /// Whether all tasks are taken, as far as the last look at them has shown.
    var isAtEnd: Bool { position == table.count }
}
