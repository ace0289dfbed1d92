import Glibc
import Synchronization

/// Callers take turns. One that has its turn already, as an observer that calls the enlarger that tells it of its progress, is
/// told so, and does not wait for itself.
final class TurnLock: Sendable {
    private let mutex = Mutex(())
    /// The thread whose turn it is; 0 for none.
    private let holder = Atomic<UInt>(0)

    /// - Throws: ``EnlargingError/calledByItsObserver``; what the body throws.
    func withLock<Result>(_ body: () throws -> Result) throws -> Result {
        let thread = UInt(pthread_self())
        guard holder.load(ordering: .relaxed) != thread else { throw EnlargingError.calledByItsObserver }
        return try mutex.withLock { _ in
            holder.store(thread, ordering: .relaxed)
            defer { holder.store(0, ordering: .relaxed) }
            return try body()
        }
    }
}
