import Glibc
import GraphFiles
import Synchronization

/// Ctrl-C and SIGTERM ask a command to end after what it is doing; a second one ends it at once. A command that then does
/// nothing, as it waits for something that never comes, is ended all the same.
enum Interruption {
    private static let received = Atomic<Int32>(0)
    /// When the first signal came, in nanoseconds of the monotonic clock.
    private static let receivedAt = Atomic<Int64>(0)

    /// `timeout` and some shells send a signal to the process and to its group: within this time both are one.
    private static let nanosecondsOfOneSignal: Int64 = 50_000_000

    /// Whether the command has asked since the signal came, and so is about to end.
    private static let isHeard = Atomic<Bool>(false)
    /// The time that all threads had computed at the last look at a command that shall end, in nanoseconds.
    private static let computedUntil = Atomic<Int64>(0)
    /// Looks that found it doing nothing, one after the other.
    private static let idleLooks = Atomic<Int>(0)
    /// Seconds between looks, and how long a command that does something computes between them at least.
    private static let pause: UInt32 = 5
    private static let leastNanosecondsComputed: Int64 = 50_000_000
    /// How many of them end it: of a command that has heard, as many as a slow disk may need for a checkpoint.
    private static let idleLimit = (heard: 12, unheard: 1)

    /// The signal that arrived, if any.
    static var signal: Int32? {
        let signal = received.load(ordering: .relaxed)
        if signal == 0 { return nil }
        isHeard.store(true, ordering: .relaxed)
        return signal
    }

    /// From now on the first signal is only noted.
    static func watch() {
        // Touched here so that the handler finds them made.
        received.store(0, ordering: .relaxed)
        receivedAt.store(0, ordering: .relaxed)
        isHeard.store(false, ordering: .relaxed)
        computedUntil.store(0, ordering: .relaxed)
        idleLooks.store(0, ordering: .relaxed)
        // Who starts a command from a thread that blocks signals hands that on to it.
        var signals = sigset_t()
        sigemptyset(&signals)
        for signal in [SIGINT, SIGTERM, SIGALRM] {
            sigaddset(&signals, signal)
            var action = sigaction()
            action.__sigaction_handler.sa_handler = { $0 == SIGALRM ? Interruption.look() : Interruption.handle($0) }
            action.sa_flags = Int32(bitPattern: UInt32(SA_RESTART))
            sigaction(signal, &action, nil)
        }
        pthread_sigmask(SIG_UNBLOCK, &signals, nil)
    }

    /// Ends what ``watch()`` began: a signal ends the process at once, one that has arrived too.
    static func endWatch() {
        for signal in [SIGINT, SIGTERM] { Glibc.signal(signal, SIG_DFL) }
        guard let signal else { return }
        end(by: signal)
    }

    // What follows does only what a signal handler may.

    private static func handle(_ signal: Int32) {
        let now = nanoseconds(CLOCK_MONOTONIC)
        if received.compareExchange(expected: 0, desired: signal, ordering: .relaxed).exchanged {
            receivedAt.store(now, ordering: .relaxed)
            computedUntil.store(nanoseconds(CLOCK_PROCESS_CPUTIME_ID), ordering: .relaxed)
            alarm(pause)
        } else if now - receivedAt.load(ordering: .relaxed) > nanosecondsOfOneSignal {
            end(by: signal)
        }
    }

    private static func look() {
        let computed = nanoseconds(CLOCK_PROCESS_CPUTIME_ID)
        let isIdle = computed - computedUntil.exchange(computed, ordering: .relaxed) < leastNanosecondsComputed
        let count = isIdle ? idleLooks.load(ordering: .relaxed) + 1 : 0
        idleLooks.store(count, ordering: .relaxed)
        if count >= (isHeard.load(ordering: .relaxed) ? idleLimit.heard : idleLimit.unheard) {
            end(by: received.load(ordering: .relaxed))
        } else {
            alarm(pause)
        }
    }

    private static func end(by signal: Int32) {
        PendingFiles.removeAll()
        // Delivered when the handler returns.
        Glibc.signal(signal, SIG_DFL)
        raise(signal)
    }

    private static func nanoseconds(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
