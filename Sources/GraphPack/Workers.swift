import Glibc
import Synchronization

/// Runs independent jobs on as many threads as processors are online.
enum Workers {
    /// The results of all jobs, in their order.
    ///
    /// - Parameters:
    ///   - count: of the jobs, which are taken in order.
    ///   - byteCount: what all jobs handle; threads are started only for a mebibyte or more each.
    ///   - makeTool: makes what one worker keeps between its jobs, as buffers.
    ///   - job: does the job of a number.
    /// - Throws: the error of the first job that failed, whatever the number of threads.
    static func map<Tool, Result: Sendable>(
        _ count: Int, byteCount: Int, tool makeTool: @Sendable () throws(PackError) -> Tool,
        _ job: @Sendable (Tool, Int) throws(PackError) -> Result
    ) throws(PackError) -> [Result] {
        guard count > 0 else { return [] }
        let next = Atomic<Int>(0)
        let results = Mutex<[Result?]>(Array(repeating: nil, count: count))
        let failure = Mutex<(job: Int, error: PackError)?>(nil)
        let work: @Sendable () -> Void = {
            var current = 0
            do throws(PackError) {
                let tool = try makeTool()
                while failure.withLock({ $0 == nil }) {
                    current = next.wrappingAdd(1, ordering: .relaxed).oldValue
                    guard current < count else { return }
                    let result = try job(tool, current)
                    results.withLock { $0[current] = result }
                }
            } catch {
                failure.withLock { first in
                    if first.map({ current < $0.job }) ?? true { first = (current, error) }
                }
            }
        }
        run(work, threadCount: min(processorCount, count, 1 + byteCount >> 20))
        if let error = failure.withLock({ $0?.error }) { throw error }
        return results.withLock { $0.map { $0! } }
    }

    /// Runs the same work on several threads, this one among them. Where the system refuses threads, the others
    /// do it all.
    private static func run(_ work: @Sendable () -> Void, threadCount: Int) {
        withoutActuallyEscaping(work) { work in
            var threads: [pthread_t] = []
            for _ in 1..<max(1, threadCount) {
                var thread = pthread_t()
                let box = Unmanaged.passRetained(Work(work))
                let status = pthread_create(
                    &thread, nil,
                    { argument in
                        Unmanaged<Work>.fromOpaque(argument!).takeRetainedValue().body()
                        return nil
                    }, box.toOpaque())
                if status == 0 { threads.append(thread) } else { box.release() }
            }
            work()
            for thread in threads { pthread_join(thread, nil) }
        }
    }

    private final class Work {
        let body: @Sendable () -> Void

        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }

    private static let processorCount = sysconf(Int32(_SC_NPROCESSORS_ONLN))
}
