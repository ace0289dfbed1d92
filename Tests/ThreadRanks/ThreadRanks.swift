import Foundation
import GraphRuntime
import Synchronization

/// Ranks that are threads of this process: each call waits for all, as between processes.
public final class ThreadRanks: RankGroup {
    public let rank: Int
    public var count: Int { board.count }
    private let board: Board

    /// What ranks show each other, call after call.
    private final class Board: @unchecked Sendable {
        let count: Int
        private let condition = NSCondition()
        private var shown: [Int: [UInt8]] = [:]
        private var taken = 0

        /// Who has told of a failure, and who has not heard it yet.
        let announcements = Mutex<Set<[Int]>>([])

        /// Counts what ranks count together.
        let counter = Mutex(0)

        init(count: Int) { self.count = count }

        /// The bytes that every rank showed in this call.
        func all(_ rank: Int, _ bytes: [UInt8]) -> [[UInt8]] {
            condition.lock()
            defer { condition.unlock() }
            // Those of the call before take theirs first.
            while shown[rank] != nil { condition.wait() }
            shown[rank] = bytes
            condition.broadcast()
            while shown.count < count { condition.wait() }
            let all = (0..<count).map { shown[$0] ?? [] }
            taken += 1
            if taken == count {
                shown = [:]
                taken = 0
                condition.broadcast()
            } else {
                // No rank shows anew before all have taken.
                while taken != 0 { condition.wait() }
            }
            return all
        }
    }

    private init(rank: Int, _ board: Board) {
        self.rank = rank
        self.board = board
    }

    private static func group(of count: Int) -> [ThreadRanks] {
        let board = Board(count: count)
        return (0..<count).map { ThreadRanks(rank: $0, board) }
    }

    public func gather(_ bytes: [UInt8]) -> [UInt8] { Array(board.all(rank, bytes).joined()) }

    public func exchange(
        _ numbers: UnsafeMutableBufferPointer<Float>, slices: [Range<Int>], into pieces: UnsafeMutableBufferPointer<Float>
    ) {
        let own = slices[rank]
        for (other, bytes) in board.all(rank, Array(UnsafeRawBufferPointer(numbers))).enumerated() {
            let target = UnsafeMutableRawBufferPointer(
                UnsafeMutableBufferPointer(rebasing: pieces[other * own.count..<(other + 1) * own.count]))
            target.copyBytes(from: bytes[4 * own.lowerBound..<4 * own.upperBound])
        }
    }

    public func share(_ numbers: UnsafeMutableBufferPointer<Float>, slices: [Range<Int>]) {
        for (other, bytes) in board.all(rank, Array(UnsafeRawBufferPointer(numbers))).enumerated() where other != rank {
            let range = slices[other]
            UnsafeMutableRawBufferPointer(UnsafeMutableBufferPointer(rebasing: numbers[range]))
                .copyBytes(from: bytes[4 * range.lowerBound..<4 * range.upperBound])
        }
    }

    public func collect(_ numbers: UnsafeMutableBufferPointer<Float>, slices: [Range<Int>]) {
        let all = board.all(rank, Array(UnsafeRawBufferPointer(numbers)))
        guard isFirst else { return }
        for (other, bytes) in all.enumerated() where other != rank {
            let range = slices[other]
            UnsafeMutableRawBufferPointer(UnsafeMutableBufferPointer(rebasing: numbers[range]))
                .copyBytes(from: bytes[4 * range.lowerBound..<4 * range.upperBound])
        }
    }

    public func announceFailure() {
        board.announcements.withLock { told in
            for other in 0..<count where other != rank { told.insert([rank, other]) }
        }
    }

    public var isFailureAnnounced: Bool { board.announcements.withLock { $0.contains { $0[1] == rank } } }

    public func takeAnnouncement(from other: Int) {
        let wasTold = board.announcements.withLock { $0.remove([other, rank]) != nil }
        precondition(wasTold, "what a rank hears, another has told")
    }

    public func counting(_ body: (_ next: @escaping @Sendable () -> Int) throws -> Void) rethrows {
        try body { [board] in
            board.counter.withLock { count in
                count += 1
                return count - 1
            }
        }
    }

    public func hand(_ bytes: UnsafeMutableRawBufferPointer, from sender: Int) {
        let all = board.all(rank, rank == sender ? Array(bytes) : [])
        if isFirst { bytes.copyBytes(from: all[sender]) }
    }

    /// Runs `body` on as many ranks at once, and gives what each returned.
    public static func run<Value: Sendable>(on count: Int, _ body: @escaping @Sendable (ThreadRanks) -> Value) -> [Value] {
        let values = Mutex<[Int: Value]>([:])
        let threads = group(of: count).map { ranks in
            let isDone = DispatchSemaphore(value: 0)
            let thread = Thread {
                let value = body(ranks)
                values.withLock { $0[ranks.rank] = value }
                isDone.signal()
            }
            thread.stackSize = 8 << 20
            thread.start()
            return isDone
        }
        for isDone in threads { isDone.wait() }
        return values.withLock { values in values.sorted { $0.key < $1.key }.map(\.value) }
    }
}
