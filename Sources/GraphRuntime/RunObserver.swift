/// What the caller of a run is told and asked while it lasts.
///
///     let observer = RunObserver(progress: { print("\($0.rowsDone) of \($0.rowCount)") }, isCancelled: { Task.isCancelled })
///
/// Both are called on the thread that called the run, and in its task if it has one: before the run, between the pieces of
/// that thread's work, and while it waits for other workers. A slow answer keeps it from its work.
public struct RunObserver {
    /// Told of no rows first, then when more are done, and at last of all.
    public var progress: ((RunProgress) -> Void)?
    /// Whether to end the run early, which then throws ``RuntimeError/cancelled``.
    public var isCancelled: (() -> Bool)?

    /// Each argument is the property of its name.
    public init(progress: ((RunProgress) -> Void)? = nil, isCancelled: (() -> Bool)? = nil) {
        self.progress = progress
        self.isCancelled = isCancelled
    }

    /// The observer of one of several runs that count as one.
    ///
    /// - Parameters:
    ///   - rowsBefore: rows that the runs before it have done.
    ///   - rowCount: of all these runs.
    package func ofPart(after rowsBefore: Int, of rowCount: Int) -> RunObserver {
        guard let progress else { return self }
        return RunObserver(
            progress: { progress(RunProgress(rowsDone: rowsBefore + $0.rowsDone, rowCount: rowCount)) },
            isCancelled: isCancelled)
    }

    /// The observer that also ends the run for another reason.
    package func alsoCancelled(when hasToEnd: @escaping () -> Bool) -> RunObserver {
        RunObserver(progress: progress, isCancelled: { [isCancelled] in hasToEnd() || isCancelled?() == true })
    }
}

/// How far a run has come.
public struct RunProgress: Hashable, Sendable {
    /// Rows that are read, computed or handed out: each step, input and output of the program counts its own.
    public var rowsDone: Int
    /// Rows of the whole run.
    public var rowCount: Int

    /// Each argument is the property of its name.
    public init(rowsDone: Int, rowCount: Int) {
        self.rowsDone = rowsDone
        self.rowCount = rowCount
    }
}

/// An observer during one run.
struct Observation {
    private let observer: RunObserver
    private let rowCount: Int
    private var rowsTold = -1

    init(_ observer: RunObserver, rowCount: Int) {
        self.observer = observer
        self.rowCount = rowCount
    }

    var needsRows: Bool { observer.progress != nil }

    /// - Throws: ``RuntimeError/cancelled`` if the caller wants it so.
    mutating func look(rowsDone: Int) throws(RuntimeError) {
        if let progress = observer.progress, rowsDone != rowsTold {
            rowsTold = rowsDone
            progress(RunProgress(rowsDone: rowsDone, rowCount: rowCount))
        }
        if let isCancelled = observer.isCancelled, isCancelled() { throw .cancelled }
    }
}
