import Synchronization

/// The results of independent jobs, in their order.
///
/// - Parameters:
///   - count: of the jobs, which begin in order.
///   - threadCount: the most threads that work, the caller's among them; fewer do where the system refuses more.
///   - isInterrupted: asked before each job; those not yet begun are left out.
///   - progress: called with the number of jobs that are done, from any thread, one call at a time.
///   - makeTool: makes what one thread keeps between its jobs, as buffers.
///   - job: does the job of a number, from 0 on.
/// - Returns: nil when interrupted.
/// - Throws: the error of the first job that fails, whatever the number of threads; those behind it need not begin.
public func parallelMap<Tool, Result: Sendable, Failure: Error>(
    _ count: Int, threadCount: Int, isInterrupted: @Sendable () -> Bool,
    progress: @Sendable (_ done: Int) -> Void = { _ in }, tool makeTool: @Sendable () throws(Failure) -> Tool,
    _ job: @Sendable (Tool, Int) throws(Failure) -> Result
) throws(Failure) -> [Result]? {
    let next = Atomic<Int>(0)
    let results = Mutex<(found: [Result?], doneCount: Int)>((Array(repeating: nil, count: count), 0))
    let failure = Mutex<(job: Int, error: Failure)?>(nil)
    onThreads(min(threadCount, count)) {
        var current = 0
        do throws(Failure) {
            let tool = try makeTool()
            while failure.withLock({ $0 == nil }), !isInterrupted() {
                current = next.wrappingAdd(1, ordering: .relaxed).oldValue
                guard current < count else { return }
                let result = try job(tool, current)
                results.withLock { results in
                    results.found[current] = result
                    results.doneCount += 1
                    progress(results.doneCount)
                }
            }
        } catch {
            failure.withLock { first in
                if first.map({ current < $0.job }) ?? true { first = (current, error) }
            }
        }
    }
    if let error = failure.withLock({ $0?.error }) { throw error }
    let found = results.withLock { $0.found.compactMap(\.self) }
    return found.count == count ? found : nil
}

/// The results of independent jobs that are all done, in their order.
///
/// - Throws: the error of the first job that fails.
public func parallelMap<Tool, Result: Sendable, Failure: Error>(
    _ count: Int, threadCount: Int, tool makeTool: @Sendable () throws(Failure) -> Tool,
    _ job: @Sendable (Tool, Int) throws(Failure) -> Result
) throws(Failure) -> [Result] {
    try parallelMap(count, threadCount: threadCount, isInterrupted: { false }, tool: makeTool, job) ?? []
}
