import GraphIR

/// Puts the work in order: all of each step, or a wave of bands.
///
/// With bands, each turn of the outer loop advances the entry's results by one band, and every step by
/// the rows that this needs: a step makes rows of its output as soon as they are asked for, no row is
/// made twice, and a buffer keeps only rows that a later instruction reads.
///
/// Requires: steps and buffers from ``buildSteps(_:role:instructionSet:)``. Ensures: instructions in an
/// order in which every row is written before it is read; `rowCapacity` of each buffer in the arena is
/// the least that this order allows. Gives nothing a place in memory. Examples: `Tests/Golden/Schedule`.
///
/// - Parameter bandRows: rows of the first input in one band; nil for whole images.
/// - Throws: when so many bands are asked for that the plan would pass its limit.
func schedule(_ program: Program, bandRows: Int?) throws(ProgramError) -> Program {
    var program = program
    program.preparation = program.steps.indices.filter { program.steps[$0].isPreparation }
        .map { Instruction(work: .step($0), rows: 0..<program.steps[$0].rowCount) }
    var wave = Wave(program, bandRows: bandRows)
    let (mostInstructions, overflow) = (program.steps.count + program.buffers.count).multipliedReportingOverflow(by: wave.bandCount)
    guard !overflow, mostInstructions <= PlanLimits.instructionCount else {
        throw ProgramError("\(wave.bandCount) bands are too many; take more rows in each")
    }
    program.instructions = wave.instructions()
    shrinkBuffers(of: &program)
    return program
}

private struct Wave {
    let program: Program
    /// The step or source that writes each buffer during a run.
    private var stepOf: [Int?]
    /// Rows of each buffer that exist, and that the present band asks for.
    private var madeRows: [Int]
    private var neededRows: [Int]
    private var sunkRows: [Int]
    let bandCount: Int
    private let sinks: [BufferID?]

    init(_ program: Program, bandRows: Int?) {
        self.program = program
        stepOf = Array(repeating: nil, count: program.buffers.count)
        madeRows = Array(repeating: 0, count: program.buffers.count)
        neededRows = madeRows
        for (index, step) in program.steps.enumerated() where !step.isPreparation {
            for output in step.outputs { stepOf[output.index] = index }
        }
        sinks = program.graph.outputs.map { output in
            program.buffers.firstIndex { $0.value == output.value }.map(BufferID.init)
        }
        sunkRows = Array(repeating: 0, count: sinks.count)
        let inputRows = program.buffers.first { buffer in
            buffer.value.map { program.graph[$0].content == .input } ?? false
        }?.rows.rowCount ?? 1
        bandCount = bandRows.map { (inputRows - 1) / max(1, $0) + 1 } ?? 1
    }

    mutating func instructions() -> [Instruction] {
        var instructions: [Instruction] = []
        for band in 1...bandCount {
            demand(band)
            propagate()
            for (index, buffer) in program.buffers.enumerated() where isInput(buffer) {
                appendRows(&instructions, .source(BufferID(index: index)), index)
            }
            for (index, step) in program.steps.enumerated() where !step.isPreparation {
                appendRows(&instructions, .step(index), step.outputs[0].index)
            }
            for (output, buffer) in sinks.enumerated() {
                guard let buffer, sinkTarget(buffer, band) > sunkRows[output] else { continue }
                let rows = sunkRows[output]..<sinkTarget(buffer, band)
                instructions.append(Instruction(work: .sink(output: output, buffer), rows: rows))
                sunkRows[output] = rows.upperBound
            }
        }
        return instructions
    }

    private mutating func appendRows(_ instructions: inout [Instruction], _ work: Instruction.Work, _ buffer: Int) {
        guard neededRows[buffer] > madeRows[buffer] else { return }
        instructions.append(Instruction(work: work, rows: madeRows[buffer]..<neededRows[buffer]))
        madeRows[buffer] = neededRows[buffer]
    }

    private func isInput(_ buffer: Buffer) -> Bool {
        buffer.value.map { program.graph[$0].content == .input } ?? false
    }

    /// How far a sink has come after a band: in proportion, and to the end with the last.
    private func sinkTarget(_ buffer: BufferID, _ band: Int) -> Int {
        let rowCount = program[buffer: buffer].rows.rowCount
        return band == bandCount ? rowCount : rowCount * band / bandCount
    }

    /// Asks for the rows that the band's results need.
    private mutating func demand(_ band: Int) {
        for case let sink? in sinks {
            neededRows[sink.index] = max(neededRows[sink.index], sinkTarget(sink, band))
        }
        guard band == bandCount else { return }
        for (index, buffer) in program.buffers.enumerated() where isInput(buffer) {
            neededRows[index] = buffer.rows.rowCount
        }
        // What sums over the image, or changes weights, comes with the last band.
        for step in program.steps where !step.isPreparation {
            for output in step.outputs { neededRows[output.index] = step.rowCount }
        }
    }

    /// Carries the demand from results back to sources.
    private mutating func propagate() {
        for step in program.steps.reversed() where !step.isPreparation {
            let asked = step.outputs.map { neededRows[$0.index] }.max() ?? 0
            let rounded = min(step.rowCount, step.unitEnd(asked))
            for output in step.outputs { neededRows[output.index] = rounded }
            let made = madeRows[step.outputs[0].index]
            guard rounded > made else { continue }
            for input in step.inputs {
                let index = input.buffer.index
                guard stepOf[index] != nil || isInput(program.buffers[index]) else { continue }
                let rows = input.rows(
                    for: made..<rounded, of: step, bufferRowCount: program.buffers[index].rows.rowCount)
                neededRows[index] = max(neededRows[index], rows.upperBound)
            }
        }
    }
}

/// Gives each rolling buffer the rows that its readers need at once. What is read after the run keeps all.
private func shrinkBuffers(of program: inout Program) {
    let accesses = BufferAccesses(program, program.instructions)
    let kept = program.graph.readAfterRuns
    for index in program.buffers.indices {
        guard case .arena = program.buffers[index].storage, !(program.buffers[index].value.map(kept.contains) ?? false)
        else { continue }
        var capacity = 1
        var oldestNeeded = Int.max
        for access in accesses.byBuffer[index].reversed() {
            if access.isWrite {
                let oldest = min(oldestNeeded, access.rows.lowerBound)
                capacity = max(capacity, access.rows.upperBound - oldest)
            } else {
                oldestNeeded = min(oldestNeeded, access.rows.lowerBound)
            }
        }
        program.buffers[index].rowCapacity = min(capacity, program.buffers[index].rows.rowCount)
    }
}

extension Graph {
    /// Measures, and the values of updates, which are assigned once all steps have read the old ones.
    var readAfterRuns: Set<ValueID> { Set(measures.map(\.value) + updates.map(\.value)) }
}
