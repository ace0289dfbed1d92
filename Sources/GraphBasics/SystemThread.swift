import Glibc
import SystemPackage

/// A thread of the system, which runs one function.
///
/// All threads of the project begin here: a library of threads may wait for ever for one that the system refuses.
package struct SystemThread: Sendable {
    private let handle: pthread_t

    private final class Function {
        let run: @Sendable () -> Void

        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }

    /// A quarter of the usual: nothing here calls itself deeply. glibc keeps the stacks of threads that have ended up to 40
    /// MiB, and ends the process where one more cannot be given back.
    private static let stackByteCount = 2 << 20

    /// Begins at once.
    ///
    /// - Throws: why the system starts no more threads.
    package init(_ body: @escaping @Sendable () -> Void) throws(Errno) {
        let function = Unmanaged.passRetained(Function(body))
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        defer { pthread_attr_destroy(&attributes) }
        pthread_attr_setstacksize(&attributes, Self.stackByteCount)
        var handle = pthread_t()
        let status = pthread_create(
            &handle, &attributes,
            { argument in
                if let argument { Unmanaged<Function>.fromOpaque(argument).takeRetainedValue().run() }
                return nil
            }, function.toOpaque())
        guard status == 0 else {
            function.release()
            throw Errno(rawValue: status)
        }
        self.handle = handle
    }

    /// Returns when the function has; on the thread itself at once. Whoever began the thread calls it, and once.
    package func join() {
        if pthread_equal(handle, pthread_self()) != 0 { pthread_detach(handle) } else { pthread_join(handle, nil) }
    }
}

/// Does the same on several threads, the caller's among them.
///
/// - Returns: how many there were: fewer than asked for where the system refused one.
@discardableResult
package func onThreads(_ count: Int, _ body: @Sendable () -> Void) -> Int {
    withoutActuallyEscaping(body) { body in
        var threads: [SystemThread] = []
        while threads.count + 1 < count, let thread = try? SystemThread(body) { threads.append(thread) }
        body()
        for thread in threads { thread.join() }
        return threads.count + 1
    }
}
