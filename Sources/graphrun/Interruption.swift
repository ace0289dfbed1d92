import Glibc
import GraphFiles
import Synchronization

/// Ctrl-C and SIGTERM ask a command to end after what it is doing; a second one ends it at once.
enum Interruption {
    private static let received = Atomic<Int32>(0)
    /// When the first signal came, in nanoseconds of the monotonic clock.
    private static let receivedAt = Atomic<Int64>(0)

    /// `timeout` and some shells send a signal to the process and to its group: within this time both are one.
    private static let nanosecondsOfOneSignal: Int64 = 50_000_000

    /// The signal that arrived, if any.
    static var signal: Int32? {
        let signal = received.load(ordering: .relaxed)
        return signal == 0 ? nil : signal
    }

    /// From now on the first signal is only noted.
    static func watch() {
        // Touched here so that the handler finds them made.
        received.store(0, ordering: .relaxed)
        receivedAt.store(0, ordering: .relaxed)
        // Who starts a command from a thread that blocks signals hands that on to it.
        var signals = sigset_t()
        sigemptyset(&signals)
        for signal in [SIGINT, SIGTERM] {
            sigaddset(&signals, signal)
            var action = sigaction()
            action.__sigaction_handler.sa_handler = { Interruption.handle($0) }
            action.sa_flags = Int32(bitPattern: UInt32(SA_RESTART))
            sigaction(signal, &action, nil)
        }
        pthread_sigmask(SIG_UNBLOCK, &signals, nil)
    }

    /// Does only what a signal handler may.
    private static func handle(_ signal: Int32) {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        let now = Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
        if received.compareExchange(expected: 0, desired: signal, ordering: .relaxed).exchanged {
            receivedAt.store(now, ordering: .relaxed)
        } else if now - receivedAt.load(ordering: .relaxed) > nanosecondsOfOneSignal {
            PendingFiles.removeAll()
            // Delivered when this handler returns.
            Glibc.signal(signal, SIG_DFL)
            raise(signal)
        }
    }
}
