import SystemPackage

/// A thread that does one job after another, in the order in which they come.
package final class JobThread: Sendable {
    private let thread: SystemThread
    private let state: SharedState<State>

    private struct State {
        var jobs: [@Sendable () -> Void] = []
        var isBusy = false
        var isEnding = false

        /// The next job; nil where there is none, and none will come.
        mutating func next() -> (@Sendable () -> Void)?? {
            isBusy = !jobs.isEmpty
            if isBusy { return .some(jobs.removeFirst()) }
            return isEnding ? .some(nil) : nil
        }
    }

    /// - Throws: why the system starts no more threads.
    package init() throws(Errno) {
        let state = SharedState(State())
        self.state = state
        thread = try SystemThread {
            while let job = state.wait(for: { $0.next() }) {
                job()
                // Those who wait until nothing is left to do.
                state.change { $0.isBusy = false }
            }
        }
    }

    /// The jobs that were added are done first.
    deinit {
        state.change { $0.isEnding = true }
        thread.join()
    }

    /// Has a job done behind all that were added before.
    package func add(_ job: @escaping @Sendable () -> Void) { state.change { $0.jobs.append(job) } }

    /// Returns when all jobs are done.
    package func finish() { state.wait { $0.jobs.isEmpty && !$0.isBusy ? () : nil } }
}
