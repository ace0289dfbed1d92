import GraphBasics
import GraphRuntime
import Synchronization
import Testing

/// A process that does its job alone has a group's means, with itself as the only rank.
struct LoneRankTests {
    @Test func numbersAreCountedOnceEach() {
        let numbers = Mutex<[Int]>([])
        LoneRank().counting { next in
            _ = parallelMap(4, threadCount: 4, tool: {}) { (_, _) in
                for _ in 0..<100 {
                    let number = next()
                    numbers.withLock { $0.append(number) }
                }
            }
        }
        #expect(numbers.withLock { $0.sorted() } == Array(0..<400))
    }

    @Test func whatItGathersIsItsOwn() {
        #expect(LoneRank().gather("größer") == ["größer"])
        #expect(LoneRank().gather([1.5, -2]) == [1.5, -2])
        #expect(LoneRank().gather("") == [""])
    }
}
