import GraphBasics
import GraphModelFixtures
import GraphTestSupport
import Glibc
import Synchronization
import Testing

@testable import GraphCompiler
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
    func aSessionSaysThatThreadsAreRefused() async {
        await #expect(processExitsWith: .success) {
            let entry = try SmallModel.all[0].entry(.predict)
            let program = try Pipeline.plan(entry, sizes: ["N": 1, "H": 8, "W": 8], PlanOptions(.portable)).program
            let parameters = try ParameterStore(for: [entry.graph])
            try whileThreadsAreRefused {
                do throws(RuntimeError) {
                    _ = try Session(program, parameters: parameters, threadCount: 4)
                    exit(2)
                } catch {
                    guard case .threadRefused(.resourceTemporarilyUnavailable) = error else { exit(3) }
                }
                _ = try Session(program, parameters: parameters, threadCount: 1)
            }
            exit(0)
        }
    }
}
