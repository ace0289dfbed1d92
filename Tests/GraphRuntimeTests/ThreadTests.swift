import GraphBasics
import GraphTestSupport
import Glibc
import Synchronization
import Testing

@testable import GraphRuntime

/// Threads do what they are given, and where the system refuses them nothing waits for one for ever.
@Suite struct ThreadTests {
    @Test func jobsAreDoneInTheirOrder() throws {
        let done = Mutex<[Int]>([])
        let thread = try JobThread()
        for number in 0..<100 { thread.add { done.withLock { $0.append(number) } } }
        thread.finish()
        #expect(done.withLock { $0 } == Array(0..<100))
    }

    @Test func aThreadThatGoesDoesItsJobsFirst() throws {
        let count = SharedState(0)
        var thread: JobThread? = try JobThread()
        for _ in 0..<10 { thread?.add { count.change { $0 += 1 } } }
        thread = nil
        #expect(count.wait { $0 } == 10)
    }

    @Test(arguments: [1, 2, 5])
    func severalThreadsDoTheSame(_ count: Int) {
        let calls = Atomic<Int>(0)
        #expect(onThreads(count) { calls.add(1, ordering: .relaxed) } == count)
        #expect(calls.load(ordering: .relaxed) == count)
    }

    @Test(.disabled(if: hasSanitizer))
    func jobsAreDoneWithoutOtherThreads() async {
        await #expect(processExitsWith: .success) {
            try whileThreadsAreRefused {
                let results = try parallelMap(20, threadCount: 4, tool: { () throws(RuntimeError) in }) {
                    (_, index) throws(RuntimeError) in index * index
                }
                guard results == (0..<20).map({ $0 * $0 }), (try? JobThread()) == nil else { exit(2) }
            }
            exit(0)
        }
    }

    @Test(.disabled(if: hasSanitizer))
    func workersThatAreRefusedAreTold() async {
        await #expect(processExitsWith: .success) {
            try whileThreadsAreRefused {
                do throws(RuntimeError) {
                    _ = try WorkerPool(workerCount: 4)
                    exit(2)
                } catch {
                    guard case .threadRefused(.resourceTemporarilyUnavailable) = error else { exit(3) }
                }
                _ = try WorkerPool(workerCount: 1)
            }
            exit(0)
        }
    }
}
