import Glibc
import Synchronization

/// Ctrl-C and SIGTERM ask a command to end after what it is doing; a second one ends it at once.
enum Interruption {
    private static let received = Atomic<Int32>(0)

    /// The signal that arrived, if any.
    static var signal: Int32? {
        let signal = received.load(ordering: .relaxed)
        return signal == 0 ? nil : signal
    }

    /// From now on the first signal is only noted.
    static func watch() {
        // Touched here so that the handler finds it made.
        received.store(0, ordering: .relaxed)
        for signal in [SIGINT, SIGTERM] {
            var action = sigaction()
            action.__sigaction_handler.sa_handler = { Interruption.received.store($0, ordering: .relaxed) }
            action.sa_flags = Int32(bitPattern: UInt32(SA_RESETHAND)) | SA_RESTART
            sigaction(signal, &action, nil)
        }
    }
}
