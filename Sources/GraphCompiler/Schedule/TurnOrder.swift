import GraphBasics

/// Puts the instructions of all turns into one list in which turns overlap.
///
/// Within a turn each step reads what the one before it has just made: workers that took instructions turn
/// by turn would wait for one another. So a turn begins before those ahead of it have ended. The steps lie on
/// one line, each as long as its work in a turn, and all turns go along it on a common clock, each begun a
/// part of a turn's work after the one before it. Several turns are then in flight at any time, at different
/// steps, and neighbours in the list belong to different turns: this is a software pipeline.
///
///     turn 0   s0 s1 s2 s3 s4 s5 s6 s7
///     turn 1            s0 s1 s2 s3 s4 s5 s6 s7          two turns in flight: s3 of turn 0
///     turn 2                        s0 s1 s2 s3 …        stands beside s0 of turn 1
///
/// The order is sound: an instruction reads what earlier steps made in this turn or before it, which lies
/// earlier on the clock. A turn in flight costs about one band more of the buffers that lie where it begins.
struct TurnOrder {
    enum Place {
        /// Before all steps.
        case start
        case step(Int)
        case behind(Int)
    }

    /// Instructions that should be ready at any time, so that four workers are never without.
    private static let readyInstructions = 8.0

    private struct Entry {
        var turn: Int
        /// On the line of steps.
        var position: Double
        var instruction: Instruction
    }

    private var entries: [Entry] = []
    private let program: Program
    /// Work of a turn before each step, and in all.
    private let positions: [Double]
    /// How many turns are under way at a time.
    private let turnsInFlight: Double
    /// Work of each turn, and of the largest instruction in it.
    private var workOfTurn: [Double] = []
    private var largestWork: [Double] = []

    init(_ program: Program, _ steps: [Int], _ pace: Pace?) {
        self.program = program
        var positions = Array(repeating: 0.0, count: program.steps.count + 1)
        var line = 0.0, weightedTasks = 0.0
        for (index, step) in program.steps.enumerated() {
            positions[index] = line
            guard !step.isPreparation else { continue }
            let rows = pace?.rows(of: step.rowCount) ?? step.rowCount
            let work = Double(rows) * Double(step.operationsPerRow)
            // A step that is many tasks in a turn keeps many workers busy by itself.
            weightedTasks += work * Double(rows.ceilingDivided(by: step.rowsPerTask))
            line += work
        }
        positions[program.steps.count] = line
        self.positions = positions
        turnsInFlight = max(1, min(Double(steps.count), Self.readyInstructions * line / max(1, weightedTasks)))
    }

    var count: Int { entries.count }

    mutating func append(_ instruction: Instruction, _ turn: Int, at place: Place) {
        if turn == workOfTurn.count {
            workOfTurn.append(0)
            largestWork.append(0)
        }
        var position = 0.0
        switch place {
        case .start: break
        case .behind(let step): position = positions[step + 1]
        case .step(let step):
            position = positions[step]
            let work = program.operationCount(of: instruction)
            workOfTurn[turn] += work
            largestWork[turn] = max(largestWork[turn], work)
        }
        entries.append(Entry(turn: turn, position: position, instruction: instruction))
    }

    /// Entries come by turn and step; those of equal clock keep that order.
    func instructions() -> [Instruction] {
        guard workOfTurn.count > 1 else { return entries.map(\.instruction) }
        // The first turns and the last work on few steps: they follow one another closely.
        var beginning = 0.0
        let beginnings = workOfTurn.indices.map { turn in
            defer { beginning += max(workOfTurn[turn] / turnsInFlight, largestWork[turn]) }
            return beginning
        }
        let clock = entries.map { beginnings[$0.turn] + $0.position }
        return entries.indices.sorted { (clock[$0], $0) < (clock[$1], $1) }.map { entries[$0].instruction }
    }
}
