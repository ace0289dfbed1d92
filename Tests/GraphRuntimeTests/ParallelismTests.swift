import GraphIR
import GraphModelFixtures
import Testing

@testable import GraphCompiler
@testable import GraphRuntime

/// Workers find work, and find it where they left off: a plan's tasks are taken on paper as in a run, each taking the
/// time of its operations.
@Suite struct ParallelismTests {
    /// EDSR with the paper's baseline.
    private func program(_ height: Int, _ width: Int, bandRows: Int?) throws -> Program {
        var model = SmallModel.all[0]
        model.parameters = [:]
        return try Pipeline.plan(
            model.entry(.predict), sizes: ["N": 1, "H": height, "W": width],
            PlanOptions(.avx2, memory: .bands(rows: bandRows))
        ).program
    }

    @Test(
        arguments: [(128, 128, nil, 3.9), (339, 510, 4, 3.9), (339, 510, 16, 3.9), (1000, 510, 4, 3.9), (400, 256, 8, 3.9)]
            as [(Int, Int, Int?, Double)])
    func noStepHoldsFourWorkersUp(_ height: Int, _ width: Int, _ bandRows: Int?, _ least: Double) throws {
        let program = try program(height, width, bandRows: bandRows)
        #expect(try PaperRun(program, speeds: [1]).speed == 1)
        #expect(try PaperRun(program, speeds: [1, 1]).speed > 1.93)
        #expect(try PaperRun(program, speeds: [1, 1, 1, 1]).speed > least)
    }

    @Test(arguments: [(128, 128, nil), (339, 510, 16)] as [(Int, Int, Int?)])
    func fasterWorkersHelpSlowerOnes(_ height: Int, _ width: Int, _ bandRows: Int?) throws {
        let program = try program(height, width, bandRows: bandRows)
        #expect(try PaperRun(program, speeds: [1, 0.5]).speed > 1.4)
        #expect(try PaperRun(program, speeds: [0.5, 1]).speed > 1.4)
    }

    /// In lists whose turns repeat, too.
    @Test(arguments: [(128, 128, nil), (339, 510, 16), (1000, 510, 4)] as [(Int, Int, Int?)], [1, 2, 3, 4, 5000])
    func homesShareTheWorkEvenly(_ size: (height: Int, width: Int, bandRows: Int?), _ workerCount: Int) throws {
        let program = try program(size.height, size.width, bandRows: size.bandRows)
        let table = try TaskTable(program, program.instructions)
        var operationCounts = Array(repeating: 0.0, count: workerCount)
        for (index, instruction) in program.instructions.enumerated() {
            operationCounts[table.affinity(of: index, workerCount: workerCount)] += program.operationCount(of: instruction)
        }
        let fairCount = operationCounts.reduce(0, +) / Double(min(4, workerCount))
        for count in operationCounts { #expect(count < 1.15 * fairCount) }
    }

    @Test(arguments: [(128, 128, nil, 0.9), (339, 510, 16, 0.85), (339, 510, 4, 0.85)] as [(Int, Int, Int?, Double)])
    func workersReadWhatTheyWrote(_ height: Int, _ width: Int, _ bandRows: Int?, _ least: Double) throws {
        let run = try PaperRun(program(height, width, bandRows: bandRows), speeds: [1, 1])
        #expect(run.shareOfOwnRows > least)
    }
}

/// A run whose tasks take the time of their operations.
private struct PaperRun {
    /// Of one worker of speed 1 it is 1.
    private(set) var speed = 0.0
    /// Of the rows that steps read, those that the same worker wrote; what was there before the run left out.
    private(set) var shareOfOwnRows = 0.0

    private var rowCount = 0, ownRowCount = 0
    /// By buffer, then row.
    private var writers: [Int: [Int: Int]] = [:]

    init(_ program: Program, speeds: [Double]) throws {
        let table = try TaskTable(program, program.instructions)
        let counters = RowCounters(table)
        let steps = StepAccesses(program)
        var pickers = speeds.indices.map { TaskPicker(table, worker: $0, of: speeds.count) }
        var running = [(task: Int, end: Double)?](repeating: nil, count: speeds.count)
        var now = 0.0, work = 0.0
        func begin(_ task: Int?, _ worker: Int) {
            guard let task else { return }
            let operations = program.operationCount(of: program.instructions[task])
            work += operations
            running[worker] = (task, now + operations / speeds[worker])
        }
        while true {
            for worker in speeds.indices where running[worker] == nil { begin(pickers[worker].takeOwn(counters), worker) }
            for worker in speeds.indices where running[worker] == nil { begin(pickers[worker].steal(counters), worker) }
            let next = speeds.indices.filter { running[$0] != nil }.min { running[$0]!.end < running[$1]!.end }
            guard let worker = next, let (task, end) = running[worker] else { break }
            now = end
            for (buffer, access) in steps.accesses(of: program.instructions[task], at: task) {
                note(access, of: buffer, by: worker)
            }
            counters.noteEnd(task)
            running[worker] = nil
        }
        #expect(program.instructions.indices.allSatisfy { counters.isTaken($0) })
        speed = work / now
        shareOfOwnRows = Double(ownRowCount) / Double(max(1, rowCount))
    }

    private mutating func note(_ access: BufferAccesses.Access, of buffer: Int, by worker: Int) {
        for row in access.rows {
            if access.isWrite {
                writers[buffer, default: [:]][row] = worker
            } else if let writer = writers[buffer]?[row] {
                rowCount += 1
                ownRowCount += writer == worker ? 1 : 0
            }
        }
    }
}
