import GraphBasics
import GraphCompiler
import GraphIR
import GraphModelFixtures
import Glibc
import Synchronization
import Testing

@testable import GraphRuntime

/// Threads of others take part in a session's runs, and change no byte of what these give.
@Suite struct GuestTests {
    private let height = 64, width = 24
    private let program: Program
    private let store: ParameterStore

    init() throws {
        let entry = try SmallModel.composed.entry(.predict)
        store = try ParameterStore(for: [entry.graph])
        try store.initialize(seed: 3)
        program = try Pipeline.plan(
            entry, sizes: ["N": 1, "H": height, "W": width], PlanOptions(.portable, memory: .bands(rows: 4))
        ).program
    }

    /// Gives rows of a pattern and keeps those of the result. Half-way it waits for a second thread to come for rows or with some.
    private final class Meeting: RowSource, RowSink {
        let image: TensorSink<UInt8>
        private let meetingRow: Int?
        private let threads = Mutex<Set<pthread_t>>([])

        init(_ byteCount: Int, meetingRow: Int?) {
            image = TensorSink(count: byteCount, repeating: 0)
            self.meetingRow = meetingRow
        }

        var threadCount: Int { threads.withLock(\.count) }

        func fill(row: Int, into bytes: UnsafeMutableRawBufferPointer) throws {
            threads.withLock { _ = $0.insert(pthread_self()) }
            for _ in 0..<10_000 where row == meetingRow && threadCount == 1 { usleep(1000) }
            for index in bytes.indices { bytes[index] = UInt8(truncatingIfNeeded: row &* 31 &+ index &* 37) }
        }

        func take(row: Int, from bytes: UnsafeRawBufferPointer) throws {
            threads.withLock { _ = $0.insert(pthread_self()) }
            try image.take(row: row, from: bytes)
        }
    }

    private func run(_ session: Session, meetingRow: Int?) throws -> Meeting {
        let meeting = Meeting(3 * 4 * height * 4 * width, meetingRow: meetingRow)
        try session.run(inputs: ["lr": meeting], outputs: ["image": meeting])
        return meeting
    }

    @Test func guestsTakePartInOneRunAfterTheOther() throws {
        let alone = try run(Session(program, parameters: store, threadCount: 1), meetingRow: nil).image.values
        let session = try Session(
            program, parameters: store, in: Workspace(threadCount: 1, guestCount: 2, spareByteCount: 0))
        let isOver = Atomic<Bool>(false), guestCount = Atomic<Int>(0)
        let results = Mutex<[(image: [UInt8], threadCount: Int)]>([])
        let isHost = Mutex<Bool>(true)
        nonisolated(unsafe) let shared = session
        onThreads(3) {
            let hosts = isHost.withLock { isHost in
                defer { isHost = false }
                return isHost
            }
            guard hosts else {
                let guest = guestCount.add(1, ordering: .relaxed).oldValue
                return shared.assist(asGuest: guest) { isOver.load(ordering: .acquiring) }
            }
            for _ in 0..<3 {
                guard let meeting = try? run(shared, meetingRow: height / 2) else { continue }
                results.withLock { $0.append((meeting.image.values, meeting.threadCount)) }
            }
            isOver.store(true, ordering: .releasing)
        }
        let found = results.withLock(\.self)
        #expect(found.count == 3)
        for (image, threadCount) in found {
            #expect(image == alone)
            #expect(threadCount > 1)
        }
    }
}
