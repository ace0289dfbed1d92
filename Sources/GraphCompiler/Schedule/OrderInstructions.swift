import GraphBasics
import GraphIR

/// Puts the work in order: all of each step, or bands.
///
/// Bands go in turns. In each, the inputs advance by one band; every step makes the rows whose operands
/// exist, no more than its share of a band; and results are handed over as they are made. No row is made
/// twice, and a buffer keeps only rows that a later instruction reads. ``TurnOrder`` then lets turns overlap.
///
/// Requires: steps and buffers from ``buildSteps(_:role:instructionSet:)``. Ensures: instructions in an
/// order in which every row is written before it is read. Examples: `Tests/Golden/Schedule`.
///
/// - Throws: when so many bands are asked for that the plan would pass its limit.
func orderInstructions(_ program: Program, _ context: PassContext) throws(ProgramError) -> Program {
    var program = program
    program.preparation = program.steps.indices.filter { program.steps[$0].isPreparation }.flatMap { index in
        program.steps[index].tasks(0..<program.steps[index].rowCount).map { Instruction(work: .step(index), rows: $0) }
    }
    var ordering = Ordering(program, bandRows: context.bandRows)
    program.instructions = try ordering.instructions()
    return program
}

private struct Ordering {
    /// Pieces of an output of whole images that is made by many tasks, and by how many its rows go out behind those that
    /// are made: so far that the one is seldom held up by the other.
    private static let handedOverPieces = 32
    private static let piecesBehind = 4

    private let program: Program
    private let accesses: StepAccesses
    private let pace: Pace?
    /// The steps of a run, in the order in which a turn makes their rows.
    private let steps: [Int]
    /// The step of a run that writes each buffer.
    private var writerOf: [Int?]
    /// Rows that each source has filled, by buffer; that each step has made; that each sink has taken.
    private var filledRows: [Int]
    private var madeRows: [Int]
    private var takenRows: [Int]
    private let sources: [BufferID]
    private let sinks: [BufferID?]

    init(_ program: Program, bandRows: Int?) {
        self.program = program
        accesses = StepAccesses(program)
        pace = bandRows.flatMap { Pace(program, bandRows: $0) }
        steps = Self.withFiltersPackedAhead(program, program.steps.indices.filter { !program.steps[$0].isPreparation })
        writerOf = Array(repeating: nil, count: program.buffers.count)
        for step in steps {
            for output in program.steps[step].outputs { writerOf[output.index] = step }
        }
        sources = program.buffers.indices.filter { program.isInput(program.buffers[$0]) }.map(BufferID.init)
        sinks = program.graph.outputs.map { output in
            program.buffers.firstIndex { $0.value == output.value }.map(BufferID.init)
        }
        filledRows = program.buffers.map { program.isInput($0) ? 0 : $0.rows.rowCount }
        madeRows = Array(repeating: 0, count: program.steps.count)
        takenRows = Array(repeating: 0, count: sinks.count)
    }

    /// Of whole images filters are packed one step ahead: that is a single task as a rule, and so one worker does it
    /// beside the other's work. A filter that an update has just written in place is packed behind it.
    private static func withFiltersPackedAhead(_ program: Program, _ steps: [Int]) -> [Int] {
        var ordered: [Int] = []
        var written: Set<BufferID> = []
        for index in steps {
            let step = program.steps[index]
            let isPacking =
                step.outputs.allSatisfy { program[buffer: $0].role == .packedFilter }
                && step.inputs.allSatisfy { program[buffer: $0.buffer].isParameter && !written.contains($0.buffer) }
            ordered.insert(index, at: isPacking ? max(0, ordered.count - 1) : ordered.count)
            written.formUnion(step.outputs)
        }
        return ordered
    }

    mutating func instructions() throws(ProgramError) -> [Instruction] {
        var order = TurnOrder(program, steps, pace)
        var turn = 0
        while !isComplete {
            for source in sources { fill(source, &order, turn) }
            for step in steps { advance(step, &order, turn) }
            for (output, buffer) in sinks.enumerated() {
                if let buffer { take(output, buffer, &order, turn) }
            }
            guard order.count <= PlanLimits.instructionCount else { throw .tooManyBands }
            turn += 1
        }
        return order.instructions()
    }

    private var isComplete: Bool {
        steps.allSatisfy { madeRows[$0] == program.steps[$0].rowCount }
            && sources.allSatisfy { filledRows[$0.index] == program[buffer: $0].rows.rowCount }
            && sinks.enumerated().allSatisfy { output, buffer in
                buffer.map { takenRows[output] == program[buffer: $0].rows.rowCount } ?? true
            }
    }

    /// Bands of an input end with each image.
    private mutating func fill(_ source: BufferID, _ order: inout TurnOrder, _ turn: Int) {
        let rowCount = program[buffer: source].rows.rowCount
        let start = filledRows[source.index]
        guard start < rowCount else { return }
        var end = rowCount
        if let pace {
            let height = program.imageHeight(of: program[buffer: source])
            end = min(start + pace.rows(of: rowCount), (start / height + 1) * height)
        }
        order.append(Instruction(work: .source(source), rows: start..<end), turn, at: .start)
        filledRows[source.index] = end
    }

    private mutating func advance(_ index: Int, _ order: inout TurnOrder, _ turn: Int) {
        let step = program.steps[index]
        let start = madeRows[index]
        guard start < step.rowCount else { return }
        // What an update overwrites has been read by all that comes before it.
        let isUpdate = step.outputs.contains { program[buffer: $0].isParameter }
        if isUpdate, !steps.allSatisfy({ $0 >= index || madeRows[$0] == program.steps[$0].rowCount }) { return }
        var end = start
        if let pace {
            let mostUnits = max(1, pace.rows(of: step.rowCount).ceilingDivided(by: step.rowUnit))
            for _ in 0..<mostUnits where end < step.rowCount {
                let next = step.unitEnd(end + 1)
                guard operandsExist(for: end..<next, of: index) else { break }
                end = next
            }
        } else {
            end = step.rowCount
        }
        let tasks = step.tasks(start..<end)
        for (position, rows) in tasks.enumerated() {
            order.append(Instruction(work: .step(index), rows: rows), turn, at: .step(index))
            if pace == nil { handOver(resultsOf: index, tasks, behind: position, &order, turn) }
        }
        madeRows[index] = end
    }

    /// Of whole images, results are handed over in pieces while the step goes on: to write a picture takes as long as to
    /// compute its last step.
    private mutating func handOver(
        resultsOf index: Int, _ tasks: [Range<Int>], behind position: Int, _ order: inout TurnOrder, _ turn: Int
    ) {
        let tasksPerPiece = max(1, tasks.count / Self.handedOverPieces)
        let lag = Self.piecesBehind * tasksPerPiece
        guard position >= lag, (position + 1) % tasksPerPiece == 0 else { return }
        madeRows[index] = tasks[position - lag].upperBound
        for (output, buffer) in sinks.enumerated() {
            if let buffer, writerOf[buffer.index] == index { take(output, buffer, &order, turn) }
        }
    }

    private mutating func take(_ output: Int, _ buffer: BufferID, _ order: inout TurnOrder, _ turn: Int) {
        let end = existingRows(of: buffer, for: Int.max)
        guard takenRows[output] < end else { return }
        order.append(
            Instruction(work: .sink(output: output, buffer), rows: takenRows[output]..<end), turn,
            at: writerOf[buffer.index].map { .behind($0) } ?? .start)
        takenRows[output] = end
    }

    private func operandsExist(for rows: Range<Int>, of index: Int) -> Bool {
        accesses.reads(of: index, for: rows) { buffer, needed in
            needed.upperBound <= existingRows(of: BufferID(index: buffer), for: index)
        }
    }

    /// Rows that a step may read: of a weight, the old value unless the update comes before the step.
    private func existingRows(of buffer: BufferID, for reader: Int) -> Int {
        guard let writer = writerOf[buffer.index], writer < reader else { return filledRows[buffer.index] }
        return program.steps[writer].rows(of: program[buffer: buffer], with: 0..<madeRows[writer]).upperBound
    }
}

/// How far everything advances in a turn, in proportion to the first input.
struct Pace {
    private let bandRows: Int
    private let inputRows: Int

    /// nil when one band holds all.
    init?(_ program: Program, bandRows: Int) {
        inputRows = program.buffers.first { program.isInput($0) }?.rows.rowCount ?? 1
        self.bandRows = max(1, bandRows)
        guard self.bandRows < inputRows else { return nil }
    }

    /// The share of a turn in so many rows, rounded up.
    func rows(of rowCount: Int) -> Int {
        max(1, Int((Double(rowCount) * Double(bandRows) / Double(inputRows)).rounded(.up)))
    }
}

extension Program {
    func isInput(_ buffer: Buffer) -> Bool { buffer.value.map { graph[$0].content == .input } ?? false }

    /// Rows of one image of an input.
    func imageHeight(of buffer: Buffer) -> Int {
        guard let value = buffer.value, let shape = graph[value].type.shape.constant else { return buffer.rows.rowCount }
        return ImageShape(shape).height
    }
}
