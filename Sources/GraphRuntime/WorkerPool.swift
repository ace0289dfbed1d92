import Synchronization

#if canImport(Glibc)
    import Glibc
#endif

/// Threads that take tasks from a list, in order, until it is empty.
///
/// The caller's thread is worker 0. A worker takes the next task, waits until the instructions that it
/// depends on have ended, runs it, and goes on; since a task only waits for tasks taken before it, some
/// worker can always go on. Between runs workers spin for a moment, then sleep.
final class WorkerPool: @unchecked Sendable {
    private let threads: [pthread_t]
    private let shared: Shared

    /// What workers and the caller share.
    private final class Shared: @unchecked Sendable {
        let generation = Atomic<Int>(0)
        let nextTask = Atomic<Int>(0)
        let busyWorkers = Atomic<Int>(0)
        let hasFailed = Atomic<Bool>(false)
        let isEnding = Atomic<Bool>(false)
        let error = Mutex<(any Error)?>(nil)
        var tasks: TaskList?
        var memory: BoundMemory?
        let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
        let wake = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

        init() {
            pthread_mutex_init(mutex, nil)
            pthread_cond_init(wake, nil)
        }

        deinit {
            pthread_cond_destroy(wake)
            pthread_mutex_destroy(mutex)
            wake.deallocate()
            mutex.deallocate()
        }
    }

    private final class Start {
        let shared: Shared
        let worker: Int

        init(_ shared: Shared, worker: Int) {
            self.shared = shared
            self.worker = worker
        }
    }

    init(workerCount: Int) throws(RuntimeError) {
        shared = Shared()
        var threads: [pthread_t] = []
        for worker in 1..<max(1, workerCount) {
            var thread = pthread_t()
            let start = Unmanaged.passRetained(Start(shared, worker: worker))
            let status = pthread_create(
                &thread, nil,
                { argument in
                    guard let argument else { return nil }
                    let start = Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
                    WorkerPool.serve(start.shared, worker: start.worker)
                    return nil
                }, start.toOpaque())
            guard status == 0 else {
                start.release()
                Self.end(shared, threads)
                throw RuntimeError("the system refuses a thread (error \(status)); use fewer with --threads")
            }
            threads.append(thread)
        }
        self.threads = threads
    }

    deinit { Self.end(shared, threads) }

    /// Runs every task of the list; returns when all have ended, or after one failed and those begun have ended.
    func run(_ tasks: TaskList, _ memory: BoundMemory) throws {
        tasks.reset()
        shared.tasks = tasks
        shared.memory = memory
        shared.hasFailed.store(false, ordering: .relaxed)
        shared.error.withLock { $0 = nil }
        shared.nextTask.store(0, ordering: .relaxed)
        shared.busyWorkers.store(threads.count, ordering: .relaxed)
        pthread_mutex_lock(shared.mutex)
        shared.generation.add(1, ordering: .sequentiallyConsistent)
        pthread_cond_broadcast(shared.wake)
        pthread_mutex_unlock(shared.mutex)

        Self.work(shared, tasks, memory, worker: 0)
        var spins = 0
        while shared.busyWorkers.load(ordering: .acquiring) > 0 { Self.pause(&spins) }
        if shared.hasFailed.load(ordering: .acquiring), let error = shared.error.withLock({ $0 }) { throw error }
    }

    private static func serve(_ shared: Shared, worker: Int) {
        var seen = 0
        while true {
            var spins = 0
            while shared.generation.load(ordering: .acquiring) == seen, spins < 4000 { spins += 1 }
            if shared.generation.load(ordering: .acquiring) == seen {
                pthread_mutex_lock(shared.mutex)
                while shared.generation.load(ordering: .acquiring) == seen { pthread_cond_wait(shared.wake, shared.mutex) }
                pthread_mutex_unlock(shared.mutex)
            }
            seen = shared.generation.load(ordering: .acquiring)
            if shared.isEnding.load(ordering: .acquiring) { return }
            if let tasks = shared.tasks, let memory = shared.memory { work(shared, tasks, memory, worker: worker) }
            shared.busyWorkers.subtract(1, ordering: .releasing)
        }
    }

    private static func work(_ shared: Shared, _ tasks: TaskList, _ memory: BoundMemory, worker: Int) {
        let count = tasks.tasks.count
        while true {
            let index = shared.nextTask.add(1, ordering: .relaxed).oldValue
            guard index < count, !shared.hasFailed.load(ordering: .relaxed) else { return }
            let task = tasks.tasks[index]
            for wait in tasks.waits[task.instruction] {
                var spins = 0
                while tasks.remaining[wait].load(ordering: .acquiring) > 0 {
                    if shared.hasFailed.load(ordering: .relaxed) { return }
                    pause(&spins)
                }
            }
            if let times = tasks.times { times[index].start = TaskTime.now }
            do {
                try tasks.run(task, worker: worker, memory)
            } catch {
                shared.error.withLock { $0 = $0 ?? error }
                shared.hasFailed.store(true, ordering: .releasing)
                return
            }
            if let times = tasks.times { times[index].end = TaskTime.now }
            tasks.remaining[task.instruction].subtract(1, ordering: .releasing)
        }
    }

    /// Spins briefly, then lets other threads run: there may be more workers than processors.
    private static func pause(_ spins: inout Int) {
        spins += 1
        if spins > 200 { sched_yield() }
    }

    private static func end(_ shared: Shared, _ threads: [pthread_t]) {
        shared.isEnding.store(true, ordering: .releasing)
        pthread_mutex_lock(shared.mutex)
        shared.generation.add(1, ordering: .sequentiallyConsistent)
        pthread_cond_broadcast(shared.wake)
        pthread_mutex_unlock(shared.mutex)
        for thread in threads { pthread_join(thread, nil) }
    }
}
