import Dispatch
import Synchronization

/// Runs `body` for 0..<count on several threads, in order of begin. The first error ends the work.
///
/// - Parameters:
///   - isInterrupted: asked before each piece; those not yet begun are left out.
///   - progress: called with the number of pieces that are done, from any thread, one call at a time.
func inParallel(
    _ count: Int, threadCount: Int, isInterrupted: @Sendable () -> Bool = { false },
    progress: @Sendable (_ done: Int) -> Void = { _ in }, _ body: @Sendable (Int) throws(TrainingError) -> Void
) throws(TrainingError) {
    let next = Atomic<Int>(0)
    let state = Mutex<(done: Int, error: TrainingError?)>((0, nil))
    DispatchQueue.concurrentPerform(iterations: max(1, min(threadCount, count))) { _ in
        while true {
            let piece = next.wrappingAdd(1, ordering: .relaxed).oldValue
            guard piece < count, !isInterrupted(), state.withLock({ $0.error == nil }) else { return }
            do throws(TrainingError) {
                try body(piece)
                state.withLock {
                    $0.done += 1
                    progress($0.done)
                }
            } catch {
                state.withLock { $0.error = $0.error ?? error }
            }
        }
    }
    if let error = state.withLock({ $0.error }) { throw error }
}
