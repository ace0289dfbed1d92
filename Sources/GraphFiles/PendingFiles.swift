import Glibc
import Synchronization
import SystemPackage

/// The partial files that this process is writing, for a signal that ends it.
package enum PendingFiles {
    /// More than any command writes at once. What finds no place is left to the next writer of the same name.
    private static let slotCount = 256
    /// Addresses of names, as C strings; 0 where there is none. Whoever takes one out owns it.
    private static let slots: SlotArray = {
        let slots = UnsafeMutablePointer<Atomic<UInt>>.allocate(capacity: slotCount)
        for index in 0..<slotCount { (slots + index).initialize(to: Atomic(0)) }
        return SlotArray(first: slots)
    }()

    /// Lives as long as the process.
    private struct SlotArray: @unchecked Sendable {
        let first: UnsafeMutablePointer<Atomic<UInt>>
    }

    /// The place of a file in the list.
    struct Entry {
        fileprivate let index: Int
    }

    static func add(_ path: FilePath) -> Entry? {
        guard let name = path.withPlatformString(strdup) else { return nil }
        let address = UInt(bitPattern: name)
        for index in 0..<slotCount
        where (slots.first + index).pointee.compareExchange(expected: 0, desired: address, ordering: .acquiringAndReleasing)
            .exchanged
        {
            return Entry(index: index)
        }
        free(name)
        return nil
    }

    static func remove(_ entry: Entry) {
        free(UnsafeMutableRawPointer(bitPattern: take(entry.index)))
    }

    /// Removes all files. A signal handler may call it behind ``areRemoved(by:)``: it takes no lock and no memory.
    package static func removeAll() {
        for index in 0..<slotCount {
            if let name = UnsafePointer<CChar>(bitPattern: take(index)) { unlink(name) }
        }
    }

    /// From now on these signals remove all files before they end the process, but for those that it was started to ignore.
    package static func areRemoved(by signals: [Int32]) {
        // Touched here so that the handler finds it made.
        _ = slots
        // Who starts a command from a thread that blocks signals hands that on to it.
        var unblocked = sigset_t()
        sigemptyset(&unblocked)
        for number in signals {
            sigaddset(&unblocked, number)
            var old = sigaction()
            sigaction(number, nil, &old)
            if unsafeBitCast(old.__sigaction_handler.sa_handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self) {
                continue
            }
            var action = sigaction()
            action.__sigaction_handler.sa_handler = { number in
                PendingFiles.removeAll()
                // Delivered when this handler returns.
                signal(number, SIG_DFL)
                raise(number)
            }
            sigaction(number, &action, nil)
        }
        pthread_sigmask(SIG_UNBLOCK, &unblocked, nil)
    }

    private static func take(_ index: Int) -> UInt {
        (slots.first + index).pointee.exchange(0, ordering: .acquiringAndReleasing)
    }
}
