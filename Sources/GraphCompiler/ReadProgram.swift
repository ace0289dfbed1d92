import GraphIR
import GraphLanguage

/// Reads a dump of the stages `scheduled` and `planned`.
///
/// The graph is elaborated and verified, steps are built from it anew, and the plan's lines are checked
/// against both: a plan from a text runs only when it is proved sound (``PlanVerifier``).
public func readProgram(_ source: String) throws(CompileError) -> Program {
    let declaration: Declaration
    let graph: Graph
    let stage: Stage?
    do throws(Diagnostics) {
        let file = try Parser.parse(source)
        stage = file.stage.flatMap { Stage(rawValue: $0.text) }
        guard let entry = file.declarations.first, file.declarations.count == 1, entry.keyword == .entry,
            stage?.needsSizes == true
        else {
            throw Diagnostics([
                Diagnostic(
                    code: "bad-entry", "a plan begins with 'stage scheduled' or 'stage planned' and holds one entry",
                    at: file.declarations.first?.location ?? .none)
            ])
        }
        declaration = entry
        graph = try elaborate(entry: entry)
    } catch {
        throw .source(error)
    }
    let role = declaration.role.flatMap { Role(rawValue: $0.text) } ?? .predict
    do { try Verifier.verify(graph) } catch { throw .invariant(role, error) }
    do throws(Diagnostics) {
        var reader = PlanReader(try steps(of: graph, role: role, declaration))
        try reader.read(declaration.body, isPlanned: stage == .planned)
        return try reader.verified(isPlanned: stage == .planned, at: declaration.location)
    } catch {
        throw .source(error)
    }
}

private func steps(of graph: Graph, role: Role, _ declaration: Declaration) throws(Diagnostics) -> Program {
    var instructionSet: InstructionSet?
    for clause in declaration.clauses {
        if clause.keyword.text == "on", case .name(let name)? = clause.values.first?.kind {
            instructionSet = InstructionSet(rawValue: name)
        }
    }
    guard let instructionSet else {
        throw misread("the entry does not say 'on' and an instruction set", at: declaration.location)
    }
    guard graph.nodes.allSatisfy({ $0.type.shape.constant != nil }) else {
        throw misread("a plan's sizes are numbers", at: declaration.location)
    }
    do {
        return try buildSteps(graph, role: role, instructionSet: instructionSet)
    } catch {
        throw misread(error.message, at: declaration.location)
    }
}

private func misread(_ message: String, at location: SourceLocation) -> Diagnostics {
    Diagnostics([Diagnostic(code: "bad-plan", message, at: location)])
}

private struct PlanReader {
    var program: Program
    private let buffers: [String: Int]
    private let packedFilters: [String: Int]
    private let steps: [String: Int]
    /// The lines of buffers by index, of the preparation's runs and of all others.
    private var bufferLines: [Int: PlanLine] = [:]
    private var preparationLines: [PlanLine] = [], runLines: [PlanLine] = []
    private let bufferOfOutput: [Int?]

    init(_ program: Program) {
        self.program = program
        let named = program.buffers.enumerated()
        buffers = Dictionary(named.filter { $0.element.value != nil }.map { ($0.element.name, $0.offset) }) { first, _ in first }
        packedFilters = Dictionary(named.filter { $0.element.value == nil }.map { ($0.element.name, $0.offset) }) { first, _ in first }
        bufferOfOutput = program.graph.outputs.map { output in
            program.buffers.firstIndex { $0.value == output.value }
        }
        steps = Dictionary(program.steps.enumerated().map { ($0.element.name, $0.offset) }) { first, _ in first }
    }

    mutating func read(_ body: [Statement], isPlanned: Bool) throws(Diagnostics) {
        for statement in body {
            guard case .directive(let keyword, let name, let clauses) = statement.kind else { continue }
            let line = try PlanLine(name, clauses)
            switch keyword {
            case .buffer: try place(line, isPlanned)
            case .run: try append(line)
            }
        }
    }

    private mutating func place(_ line: PlanLine, _ isPlanned: Bool) throws(Diagnostics) {
        guard let index = packedFilters[line.name.text] ?? buffers[line.name.text] else {
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
        if let operand = line.operand { program.buffers[index].inPlaceOf = try inPlaceOperand(operand, of: index) }
        guard isPlanned else { return }
        guard let offset = line.offset else { throw misread("'\(line.name.text)' has no place", at: line.name.location) }
        switch (program.buffers[index].storage, line.flag) {
        case (.arena, program.buffers[index].value == nil ? "packed" : nil):
            program.buffers[index].storage = .arena(offset: offset)
        case (.prepared, "prepared"): program.buffers[index].storage = .prepared(offset: offset)
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
        case "source": work = try source(line.name)
        case "sink": work = try sink(line.name)
        case nil, "prepare": work = try step(line.name)
        case let flag?: throw misread("a run is not '\(flag)'", at: line.name.location)
        }
        let rowCount = program.rowCount(of: work)
        guard rows.upperBound <= rowCount else {
            throw misread("'\(line.name.text)' has \(rowCount) rows, not \(rows.upperBound)", at: line.name.location)
        }
        var waits: [RowWait] = []
        for (keyword, name, rowCount) in line.waits {
            let awaited =
                switch keyword {
                case .after: try step(name)
                case .given: try source(name)
                case .taken: try sink(name)
                }
            waits.append(RowWait(awaited, rowCount: rowCount))
        }
        let instruction = Instruction(work: work, rows: rows, waits: waits)
        if line.flag == "prepare" {
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
                    code: "bad-plan", "there is no step '\(name.text)'", at: name.location,
                    suggestion: Spelling.nearest(to: name.text, among: steps.keys))
            ])
        }
        return .step(step)
    }

    mutating func verified(isPlanned: Bool, at location: SourceLocation) throws(Diagnostics) -> Program {
        do throws(ProgramError) {
            try checkBufferLines()
            try PlanVerifier.verifySchedule(program)
            guard isPlanned else { return program }
            try addMemory()
            try PlanVerifier.verifyMemory(program)
            try checkLives()
            return program
        } catch {
            throw misread(error.message, at: self.location(of: error.place) ?? location)
        }
    }

    private func checkBufferLines() throws(ProgramError) {
        for (index, buffer) in program.buffers.enumerated() where bufferLines[index] == nil {
            switch buffer.storage {
            case .arena, .prepared: throw ProgramError("there is no line 'buffer \(buffer.name)'")
            case .parameter, .scalar: continue
            }
        }
    }

    /// The arena and the prepared memory end where their last buffers do.
    private mutating func addMemory() throws(ProgramError) {
        for (index, buffer) in program.buffers.enumerated() {
            let (end, overflow) = buffer.offset.addingReportingOverflow(buffer.byteCount)
            guard buffer.offset >= 0, buffer.offset % 64 == 0, !overflow, end <= PlanLimits.arenaByteCount else {
                throw ProgramError("buffer '\(buffer.name)' lies outside all memory, or on no multiple of 64", at: .buffer(index))
            }
            switch buffer.storage {
            case .arena: program.arenaByteCount = max(program.arenaByteCount, end)
            case .prepared: program.preparedByteCount = max(program.preparedByteCount, end)
            case .parameter, .scalar: continue
            }
        }
    }

    private func checkLives() throws(ProgramError) {
        let lives = liveRanges(of: program)
        for (index, line) in bufferLines {
            guard let stated = line.life, stated != lives[index].map({ $0.lowerBound..<$0.upperBound + 1 }) else { continue }
            let found = lives[index].map { "lives \($0.lowerBound)..<\($0.upperBound + 1)" } ?? "has no life"
            throw ProgramError("'\(line.name.text)' \(found), not \(stated)", at: .buffer(index))
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

extension Program {
    /// Rows that the instructions of a step, source or sink do in all.
    fileprivate func rowCount(of work: Instruction.Work) -> Int {
        switch work {
        case .step(let step): steps[step].rowCount
        case .source(let buffer), .sink(_, let buffer): self[buffer: buffer].rows.rowCount
        }
    }
}

extension Buffer {
    /// Bytes from the start of the memory that the buffer lies in.
    var offset: Int {
        switch storage {
        case .arena(let offset), .prepared(let offset): offset
        case .parameter, .scalar: 0
        }
    }
}

/// A `buffer` or `run` line, its clauses by meaning.
private struct PlanLine {
    let name: Name
    /// `rows 0..<4`, or `rows 7` as 0..<7.
    private(set) var rows: Range<Int>?
    private(set) var waits: [(keyword: WaitKeyword, name: Name, rowCount: Int)] = []
    private(set) var offset: Int?
    private(set) var byteCount: Int?
    /// From the first instruction that uses the buffer to behind the last.
    private(set) var life: Range<Int>?
    /// `over y`
    private(set) var operand: Name?
    /// The clause without values.
    private(set) var flag: String?

    init(_ name: Name, _ clauses: [Clause]) throws(Diagnostics) {
        self.name = name
        for clause in clauses {
            switch clause.keyword.text {
            case "rows": rows = try Self.range(clause)
            case "after", "given", "taken":
                guard let keyword = WaitKeyword(rawValue: clause.keyword.text) else { continue }
                for value in clause.values { waits.append(try Self.wait(value, keyword, clause)) }
            case "at": offset = try Self.single(clause)
            case "bytes": byteCount = try Self.single(clause)
            case "live": life = try Self.range(clause)
            case "over":
                guard clause.values.count == 1, case .name(let name) = clause.values[0].kind else {
                    throw misread("'over' takes one name", at: clause.keyword.location)
                }
                operand = Name(name, at: clause.values[0].location)
            case "source", "sink", "prepare", "packed", "prepared": flag = clause.keyword.text
            default:
                throw Diagnostics([
                    Diagnostic(
                        code: "bad-plan", "a plan has no clause '\(clause.keyword.text)'", at: clause.keyword.location,
                        suggestion: Spelling.nearest(
                            to: clause.keyword.text,
                            among: ["rows", "after", "given", "taken", "at", "bytes", "live", "over", "source", "sink"]))
                ])
            }
        }
    }

    private static func integer(_ value: Expression, _ clause: Clause) throws(Diagnostics) -> Int {
        if case .integer(let number) = value.kind { return number }
        throw misread("'\(clause.keyword.text)' takes whole numbers", at: value.location)
    }

    /// `s0(12)`
    private static func wait(
        _ value: Expression, _ keyword: WaitKeyword, _ clause: Clause
    ) throws(Diagnostics) -> (WaitKeyword, Name, Int) {
        guard case .call(let call) = value.kind, call.operands.count == 1, call.parameters.isEmpty, call.attributes.isEmpty
        else { throw misread("'\(keyword.rawValue)' takes counts of rows, as s0(12)", at: value.location) }
        let rowCount = try integer(call.operands[0], clause)
        guard rowCount >= 1 else { throw misread("a wait is for at least one row", at: value.location) }
        return (keyword, call.callee, rowCount)
    }

    private static func single(_ clause: Clause) throws(Diagnostics) -> Int {
        guard clause.values.count == 1 else {
            throw misread("'\(clause.keyword.text)' takes one number", at: clause.keyword.location)
        }
        return try integer(clause.values[0], clause)
    }

    private static func range(_ clause: Clause) throws(Diagnostics) -> Range<Int> {
        if clause.values.count == 1, case .range(let lower, let end) = clause.values[0].kind {
            let lower = try integer(lower, clause), end = try integer(end, clause)
            guard lower >= 0, lower < end else { throw misread("a range of rows is empty", at: clause.keyword.location) }
            return lower..<end
        }
        let count = try single(clause)
        guard count >= 1 else { throw misread("a buffer has at least one row", at: clause.keyword.location) }
        return 0..<count
    }
}
