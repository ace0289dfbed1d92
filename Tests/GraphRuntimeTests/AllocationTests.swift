import Foundation
import GraphCompiler
import GraphIR
import GraphRuntime
import GraphModelFixtures
import Testing

/// After start-up a run allocates nothing. `Tools/check/allocations` runs this with the system's tracing of
/// memory, which writes a line for each block that is taken or given back.
@Suite struct AllocationTests {
    private static let tracePath = ProcessInfo.processInfo.environment["MALLOC_TRACE"]

    @Test(.enabled(if: tracePath != nil), arguments: SmallModel.all, [nil, 2])
    func aRunAllocatesNothing(_ model: SmallModel, _ bandRows: Int?) throws {
        for role in [Role.predict, .train] {
            let entry = try model.entry(role)
            let program = try Pipeline.plan(
                entry, sizes: ["N": 1, "H": 9, "W": 5], PlanOptions(.best, memory: .bands(rows: bandRows))
            ).program
            #expect(!program.steps.contains { $0.kernel == .reference }, "\(role): reference implementations allocate")
            let store = try ParameterStore(for: [entry.graph])
            try store.initialize(seed: 3)
            let session = try Session(program, parameters: store, threadCount: 3)
            let bytes = TensorSource([UInt8](repeating: 100, count: 1 << 16))
            try session.bind(inputs: role == .train ? ["lr": bytes, "hr": bytes] : ["lr": bytes])
            try session.runOnce(role)
            let lines = try tracedAllocations { for _ in 0..<10 { try session.runOnce(role) } }
            #expect(lines.isEmpty, "\(role): \(lines.count) in 10 runs, the first \(lines.prefix(3))")
        }
    }

    /// What was taken from the system's memory while `body` ran.
    private func tracedAllocations(_ body: () throws -> Void) throws -> [Substring] {
        startTracing()
        try body()
        endTracing()
        let text = try String(contentsOfFile: Self.tracePath ?? "", encoding: .utf8)
        try #require(text.contains("= Start"), "the trace is written: run Tools/check/allocations")
        return text.split(separator: "\n").filter { $0.contains("] + ") }
    }
}

/// glibc's `mtrace` and `muntrace`, whose header is in no module.
@_silgen_name("mtrace") private func startTracing()
@_silgen_name("muntrace") private func endTracing()

extension Session {
    fileprivate func runOnce(_ role: Role) throws {
        if role == .train {
            try setScalar("step", 1)
            try setScalar("learning_rate", 1e-4)
        }
        try run()
    }
}
