import GraphIR
import GraphLanguage

/// Puts the lines of a plan's text to the steps of its graph, and believes none.
struct PlanReader {
    private var program: Program
    private let stage: Stage
    private let buffers: [String: Int]
    /// What is no value of the graph: it may have a value's name.
    private let auxiliaryBuffers: [String: Int]
    private let steps: [String: Int]
    /// The lines of buffers by index, of the preparation's runs and of all others.
    private var bufferLines: [Int: PlanLine] = [:]
    private var preparationLines: [PlanLine] = [], runLines: [PlanLine] = []
    private let bufferOfOutput: [Int?]

    init(_ program: Program, _ stage: Stage) {
        self.program = program
        self.stage = stage
        let named = program.buffers.enumerated()
        let indices = { (holdsValue: Bool) in
            Dictionary(named.filter { $0.element.holdsValue == holdsValue }.map { ($0.element.name, $0.offset) }) { first, _ in
                first
            }
        }
        buffers = indices(true)
        auxiliaryBuffers = indices(false)
        bufferOfOutput = program.graph.outputs.map { output in
            program.buffers.firstIndex { $0.value == output.value }
        }
        steps = Dictionary(program.steps.enumerated().map { ($0.element.name, $0.offset) }) { first, _ in first }
    }

    mutating func read(_ body: [Statement]) throws(Diagnostics) {
        for statement in body {
            guard case .directive(let keyword, let name, let clauses) = statement.kind else { continue }
            let line = try PlanLine(name, clauses)
            switch keyword {
            case .buffer: try place(line)
            case .run: if stage >= .scheduled { try append(line) }
            }
        }
    }

    private mutating func place(_ line: PlanLine) throws(Diagnostics) {
        guard let index = auxiliaryBuffers[line.name.text] ?? buffers[line.name.text] else {
            throw misread("the graph has no value '\(line.name.text)'", at: line.name.location)
        }
        guard bufferLines.updateValue(line, forKey: index) == nil else {
            throw misread("'\(line.name.text)' has a line already", at: line.name.location)
        }
        guard let rows = line.rows, rows.count == 1 || rows.lowerBound == 0, rows.upperBound >= 1,
            rows.upperBound <= program.buffers[index].rows.rowCount
        else {
            throw misread("'\(line.name.text)' has \(program.buffers[index].rows.rowCount) rows", at: line.name.location)
        }
        program.buffers[index].rowCapacity = rows.upperBound
        if stage >= .scheduled, let operand = line.operand {
            program.buffers[index].inPlaceOf = try inPlaceOperand(operand, of: index)
        }
        guard stage >= .planned else { return }
        guard let offset = line.offset else { throw misread("'\(line.name.text)' has no place", at: line.name.location) }
        switch (program.buffers[index].storage, line.flag) {
        case (.arena, PlanFlag(program.buffers[index].role)):
            program.buffers[index].storage = .arena(offset: offset)
        case (.prepared, .prepared): program.buffers[index].storage = .prepared(offset: offset)
        default: throw misread("'\(line.name.text)' belongs to other memory", at: line.name.location)
        }
        if let byteCount = line.byteCount, byteCount != program.buffers[index].byteCount {
            throw misread(
                "'\(line.name.text)' takes \(program.buffers[index].byteCount) bytes, not \(byteCount)",
                at: line.name.location)
        }
    }

    private func inPlaceOperand(_ name: Name, of index: Int) throws(Diagnostics) -> BufferID {
        let step = program.steps.first { $0.outputs == [BufferID(index: index)] }
        guard let step, let operand = program.inPlaceOperands(of: step).first(where: { program[buffer: $0].name == name.text })
        else {
            throw misread("no step makes '\(program.buffers[index].name)' over '\(name.text)'", at: name.location)
        }
        return operand
    }

    private mutating func append(_ line: PlanLine) throws(Diagnostics) {
        guard let rows = line.rows else { throw misread("'run' does not say which rows", at: line.name.location) }
        let work: Instruction.Work
        switch line.flag {
        case .source: work = try source(line.name)
        case .sink: work = try sink(line.name)
        case nil, .prepare: work = try step(line.name)
        case .packed, .sums, .prepared:
            throw misread("a run is not '\(line.flag?.rawValue ?? "")'", at: line.name.location)
        }
        let rowCount = program.rowCount(of: work)
        guard rows.upperBound <= rowCount else {
            throw misread("'\(line.name.text)' has \(rowCount) rows, not \(rows.upperBound)", at: line.name.location)
        }
        var dependencies: [RowDependency] = []
        for (keyword, name, rowCount) in line.dependencies {
            let earlier =
                switch keyword {
                case .after: try step(name)
                case .given: try source(name)
                case .taken: try sink(name)
                }
            dependencies.append(RowDependency(earlier, rowCount: rowCount))
        }
        let instruction = Instruction(work: work, rows: rows, dependencies: dependencies)
        if line.flag == .prepare {
            program.preparation.append(instruction)
            preparationLines.append(line)
        } else {
            program.instructions.append(instruction)
            runLines.append(line)
        }
    }

    private func source(_ name: Name) throws(Diagnostics) -> Instruction.Work {
        guard let buffer = buffers[name.text], program.isInput(program.buffers[buffer]) else {
            throw misread("there is no input '\(name.text)'", at: name.location)
        }
        return .source(BufferID(index: buffer))
    }

    private func sink(_ name: Name) throws(Diagnostics) -> Instruction.Work {
        guard let output = program.graph.outputs.firstIndex(where: { $0.name == name.text }),
            let buffer = bufferOfOutput[output]
        else { throw misread("there is no output '\(name.text)'", at: name.location) }
        return .sink(output: output, BufferID(index: buffer))
    }

    private func step(_ name: Name) throws(Diagnostics) -> Instruction.Work {
        guard let step = steps[name.text] else {
            throw Diagnostics([
                Diagnostic(
                    code: .badPlan, "there is no step '\(name.text)'", at: name.location,
                    suggestion: Spelling.nearest(to: name.text, among: steps.keys))
            ])
        }
        return .step(step)
    }

    mutating func verified(at location: SourceLocation) throws(Diagnostics) -> Program {
        do throws(ProgramError) {
            try checkBufferLines()
            guard stage >= .scheduled else {
                try PlanVerifier.verifySteps(program)
                return program
            }
            try PlanVerifier.verifySchedule(program)
            guard stage >= .planned else { return program }
            try addMemory()
            try PlanVerifier.verifyPlaces(program)
            try PlanVerifier.verifyDependencies(program)
            try checkLives()
            return program
        } catch {
            throw misread(error.description, at: self.location(of: error.place) ?? location)
        }
    }

    private func checkBufferLines() throws(ProgramError) {
        for (index, buffer) in program.buffers.enumerated() where bufferLines[index] == nil {
            switch buffer.storage {
            case .arena, .prepared: throw .misstated(.missing(buffer: buffer.name), at: nil)
            case .parameter, .scalar: continue
            }
        }
    }

    /// The arena and the prepared memory end where their last buffers do.
    private mutating func addMemory() throws(ProgramError) {
        for (index, buffer) in program.buffers.enumerated() {
            let (end, overflow) = buffer.offset.addingReportingOverflow(buffer.byteCount)
            guard buffer.offset >= 0, buffer.offset % 64 == 0, !overflow, end <= PlanLimits.arenaByteCount else {
                throw .misstated(.impossiblePlace(buffer: buffer.name), at: .buffer(index))
            }
            switch buffer.storage {
            case .arena: program.arenaByteCount = max(program.arenaByteCount, end)
            case .prepared: program.preparedByteCount = max(program.preparedByteCount, end)
            case .parameter, .scalar: continue
            }
        }
    }

    private func checkLives() throws(ProgramError) {
        let lives = program.liveRanges(BufferAccesses(program, program.instructions))
        for (index, line) in bufferLines.sorted(by: { $0.key < $1.key }) {
            let found = lives[index].map { $0.lowerBound..<$0.upperBound + 1 }
            guard let stated = line.life, stated != found else { continue }
            throw .misstated(.life(buffer: line.name.text, stated: stated, found: found), at: .buffer(index))
        }
    }

    private func location(of place: ProgramError.Place?) -> SourceLocation? {
        switch place {
        case .buffer(let index): bufferLines[index]?.name.location
        case .preparation(let index): preparationLines[index].name.location
        case .instruction(let index): runLines[index].name.location
        case nil: nil
        }
    }
}
