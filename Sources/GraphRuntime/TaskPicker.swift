/// What one worker does next in a run.
///
/// A worker takes the tasks that have affinity to it, in the list's order: what they read it has mostly written or read
/// before, so that it lies in its own caches. A line that goes to another processor and back takes some 60 ns, and 340 where the
/// two share no cache, as happens to the virtual processors of a cloud's machine from one second to the next. Who finds
/// nothing to do steals from the others.
///
/// Only tasks are taken whose dependencies are met: whoever has one can end it. Of all that have not ended the first in the
/// list depends on nothing that has not: it is taken already, or the next that its worker takes, or stolen. So some worker can
/// always go on.
struct TaskPicker {
    /// Tasks that are looked at to steal one: dependencies of neighbours in the list are met one soon after the other.
    private static let stealReach = 32

    /// A microsecond or a few: an own task that is about to be ready is better than another's.
    private static let spinsBeforeStealing = 100

    private let table: TaskTable
    private let worker: Int
    private let workerCount: Int
    /// All of the worker's own tasks before this one are taken.
    private var ownPosition = 0
    /// All tasks before this one are taken.
    private var position = 0
    /// Since its last own task.
    private var isStealing = false

    init(_ table: TaskTable, worker: Int, of workerCount: Int) {
        self.table = table
        self.worker = worker
        self.workerCount = workerCount
    }

    /// Takes a task whose dependencies are met: an own one, or after some spins any.
    ///
    /// - Parameter spins: how often there was none before.
    mutating func take(_ counters: RowCounters, afterSpins spins: Int) -> Int? {
        if let own = takeOwn(counters) {
            isStealing = false
            return own
        }
        guard isStealing || spins >= Self.spinsBeforeStealing || ownPosition == table.count,
            let task = steal(counters)
        else { return nil }
        isStealing = true
        return task
    }

    /// Takes the first of the worker's own tasks that no one has; nil where its dependencies are not met, or there is none.
    mutating func takeOwn(_ counters: RowCounters) -> Int? {
        while ownPosition < table.count,
            counters.isTaken(ownPosition) || table.affinity(of: ownPosition, workerCount: workerCount) != worker
        {
            ownPosition += 1
        }
        guard ownPosition < table.count, counters.isReady(ownPosition), counters.take(ownPosition) else { return nil }
        return ownPosition
    }

    /// Takes the first task whose dependencies are met, whoever its worker is; nil where there is none near the front.
    mutating func steal(_ counters: RowCounters) -> Int? {
        while position < table.count, counters.isTaken(position) { position += 1 }
        var seen = 0
        for index in position..<table.count where !counters.isTaken(index) {
            if counters.isReady(index), counters.take(index) { return index }
            seen += 1
            guard seen < Self.stealReach else { break }
        }
        return nil
    }

    /// Whether all tasks are taken, as far as the last look at them has shown.
    var isAtEnd: Bool { position == table.count }
}
