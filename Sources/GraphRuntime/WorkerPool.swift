import Glibc
import GraphBasics
import Synchronization
import SystemPackage

/// Threads that take tasks from a list until it is empty.
///
/// The caller's thread is worker 0. A worker takes a task whose rows are there (``TaskPicker``, ``RowCounters``), runs it,
/// and goes on. On the way of a task there is no lock and nothing is allocated. Who finds none spins for a moment, lets
/// others run, and then naps; between runs workers sleep. Threads of others may come as guests: they have affinity to no
/// task, and take any that is ready.
final class WorkerPool: @unchecked Sendable {
    private let threads: [SystemThread]
    private let shared: Shared

    /// What workers and the caller share.
    private final class Shared: @unchecked Sendable {
        let workerCount: Int
        let generation = Atomic<Int>(0)
        let busyWorkers = Atomic<Int>(0)
        /// Whether there is a run that guests may join; changed and read under the mutex.
        var isOpen = false
        let hasFailed = Atomic<Bool>(false)
        let isEnding = Atomic<Bool>(false)
        let error = Mutex<RuntimeError?>(nil)
        var tasks: TaskList?
        var memory: BoundMemory?
        /// Rows that the run has done; counted where the caller wants to know.
        let rowsDone = Atomic<Int>(0)
        var countsRows = false
        let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
        let wake = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

        init(workerCount: Int) {
            self.workerCount = workerCount
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

    init(workerCount: Int) throws(RuntimeError) {
        let shared = Shared(workerCount: workerCount)
        self.shared = shared
        var threads: [SystemThread] = []
        for worker in 1..<workerCount {
            do throws(Errno) {
                threads.append(try SystemThread { WorkerPool.serve(shared, worker: worker) })
            } catch {
                Self.end(shared, threads)
                throw .threadRefused(error)
            }
        }
        self.threads = threads
    }

    deinit { Self.end(shared, threads) }

    /// Runs every task of the list; returns when all have ended, or after one failed and those begun have ended.
    ///
    /// - Throws: what a task threw, or ``RuntimeError/cancelled``.
    func run(_ tasks: TaskList, _ memory: BoundMemory, _ observer: RunObserver) throws(RuntimeError) {
        var observation = Observation(observer, rowCount: tasks.rowCount)
        try observation.look(rowsDone: 0)
        tasks.counters.reset()
        shared.tasks = tasks
        shared.memory = memory
        shared.rowsDone.store(0, ordering: .relaxed)
        shared.countsRows = observation.needsRows
        shared.hasFailed.store(false, ordering: .relaxed)
        shared.error.withLock { $0 = nil }
        shared.busyWorkers.store(threads.count, ordering: .relaxed)
        pthread_mutex_lock(shared.mutex)
        shared.isOpen = true
        shared.generation.add(1, ordering: .sequentiallyConsistent)
        pthread_cond_broadcast(shared.wake)
        pthread_mutex_unlock(shared.mutex)

        func look() -> Bool {
            do throws(RuntimeError) {
                try observation.look(rowsDone: shared.rowsDone.load(ordering: .relaxed))
                return true
            } catch {
                Self.fail(shared, error)
                return false
            }
        }
        Self.work(shared, tasks, memory, worker: 0, goesOn: look)
        pthread_mutex_lock(shared.mutex)
        shared.isOpen = false
        pthread_mutex_unlock(shared.mutex)
        var spins = 0
        while shared.busyWorkers.load(ordering: .acquiring) > 0 {
            if !shared.hasFailed.load(ordering: .relaxed) { _ = look() }
            Self.pause(&spins)
        }
        if !shared.hasFailed.load(ordering: .acquiring) { _ = look() }
        if shared.hasFailed.load(ordering: .acquiring), let error = shared.error.withLock({ $0 }) { throw error }
    }

    /// Takes tasks of the runs of other threads, from one run to the next, until told that there are no more.
    ///
    /// - Parameters:
    ///   - guest: numbers the guests from 0; no two at a time have the same number.
    ///   - isOver: asked between runs.
    func assist(asGuest guest: Int, isOver: () -> Bool) {
        var spins = 0
        while !isOver() {
            pthread_mutex_lock(shared.mutex)
            let joins = shared.isOpen
            if joins { shared.busyWorkers.add(1, ordering: .relaxed) }
            pthread_mutex_unlock(shared.mutex)
            if joins, let tasks = shared.tasks, let memory = shared.memory {
                Self.work(shared, tasks, memory, worker: shared.workerCount + guest, goesOn: { true })
                shared.busyWorkers.subtract(1, ordering: .releasing)
                spins = 0
            }
            Self.pause(&spins)
        }
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
            if let tasks = shared.tasks, let memory = shared.memory {
                work(shared, tasks, memory, worker: worker, goesOn: { true })
            }
            shared.busyWorkers.subtract(1, ordering: .releasing)
        }
    }

    /// - Parameter goesOn: asked before each task and while there is none.
    private static func work(
        _ shared: Shared, _ tasks: TaskList, _ memory: BoundMemory, worker: Int, goesOn: () -> Bool
    ) {
        var picker = tasks.picker(worker: worker, of: shared.workerCount)
        while let index = nextTask(&picker, tasks.counters, shared, goesOn) {
            if let times = tasks.times { times[index].start = TaskTime.now }
            do throws(RuntimeError) {
                try tasks.run(index, worker: worker, memory)
            } catch {
                fail(shared, error)
                return
            }
            if let times = tasks.times { times[index].end = TaskTime.now }
            if shared.countsRows { shared.rowsDone.add(tasks.rowCount(of: index), ordering: .relaxed) }
            tasks.counters.noteEnd(index)
        }
    }

    private static func fail(_ shared: Shared, _ error: RuntimeError) {
        shared.error.withLock { $0 = $0 ?? error }
        shared.hasFailed.store(true, ordering: .releasing)
    }

    /// - Returns: nil when there is no task left, or one has failed, or the run shall not go on.
    private static func nextTask(
        _ picker: inout TaskPicker, _ counters: RowCounters, _ shared: Shared, _ goesOn: () -> Bool
    ) -> Int? {
        var spins = 0
        while !shared.hasFailed.load(ordering: .relaxed), goesOn() {
            if let task = picker.take(counters, afterSpins: spins) { return task }
            if picker.isAtEnd { return nil }
            pause(&spins)
        }
        return nil
    }

    /// Spins for some microseconds, then lets other threads run, and then naps: there may be more workers
    /// than processors, and an instruction may wait for a slow reader of pictures.
    private static func pause(_ spins: inout Int) {
        spins += 1
        if spins > 1300 {
            usleep(50)
        } else if spins > 300 {
            sched_yield()
        }
    }

    private static func end(_ shared: Shared, _ threads: [SystemThread]) {
        shared.isEnding.store(true, ordering: .releasing)
        pthread_mutex_lock(shared.mutex)
        shared.generation.add(1, ordering: .sequentiallyConsistent)
        pthread_cond_broadcast(shared.wake)
        pthread_mutex_unlock(shared.mutex)
        for thread in threads { thread.join() }
    }
}
