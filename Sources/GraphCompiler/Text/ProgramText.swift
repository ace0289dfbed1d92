import GraphIR
import GraphLanguage

/// Programs as text of the one grammar: the bound graph with its kernels, then the plan.
///
///     buffer t_1 rows 7 bytes 64512 live 3..<41 at 12288
///     buffer h rows 32 bytes 196608 live 17..<58 at 76800 over y
///     buffer s0_filter rows 1 bytes 147456 at 0 prepared
///     run lr rows 0..<5 source
///     run s0 rows 0..<4 after s0_pack(1) given lr(5)
///     run s1 rows 8..<12 after s0(9) taken y(4)
///
/// A buffer may take the place of an operand of its step (`over`). An instruction depends on rows of steps (`after`), of
/// inputs (`given`) and of outputs (`taken`).
/// Lifetimes count instructions from 0 in the order they stand, those of the preparation apart.
/// `readProgram` reads it again and believes nothing.
public func programText(_ program: Program, stage: Stage) -> String {
    // A dump after `placeBuffers` shows places, though their stage is not complete yet.
    let isPlanned = program.arenaByteCount > 0 || program.preparedByteCount > 0
    var declaration = Entry(role: program.role, graph: program.graph).syntax(documentation: summary(of: program, isPlanned))
    declaration.clauses = [
        Clause(keyword: Name(PlanHeaderClause.on.rawValue, at: .none), values: [.name(program.instructionSet.rawValue)])
    ]
    let lifetimes = program.liveRanges(BufferAccesses(program, program.instructions))
    for (index, buffer) in program.buffers.enumerated() {
        declaration.body += directive(for: buffer, program, life: lifetimes[index], isPlanned: isPlanned)
    }
    for instruction in program.preparation {
        declaration.body.append(directive(for: instruction, program, isPlanned, isPreparation: true))
    }
    for instruction in program.instructions {
        declaration.body.append(directive(for: instruction, program, isPlanned, isPreparation: false))
    }
    return SyntaxPrinter.print(
        SourceFile(stage: Name(stage.rawValue, at: .none), declarations: [declaration]))
}

private func directive(
    for buffer: Buffer, _ program: Program, life: ClosedRange<Int>?, isPlanned: Bool
) -> [Statement] {
    var clauses = [Clause(.rows, [.integer(buffer.rowCapacity)])]
    if isPlanned {
        clauses.append(Clause(.bytes, [.integer(buffer.byteCount)]))
        if let life { clauses.append(Clause(.live, [.range(life.lowerBound, life.upperBound + 1)])) }
    }
    switch buffer.storage {
    case .parameter, .scalar:
        return []
    case .arena(let offset):
        if isPlanned { clauses.append(Clause(.at, [.integer(offset)])) }
        if let operand = buffer.inPlaceOf { clauses.append(Clause(.over, [.name(program[buffer: operand].name)])) }
        if let flag = PlanFlag(buffer.role) { clauses.append(Clause(.flag(flag), [])) }
    case .prepared(let offset):
        if isPlanned { clauses.append(Clause(.at, [.integer(offset)])) }
        clauses.append(Clause(.flag(.prepared), []))
    }
    return [Statement(.directive(.buffer, Name(buffer.name, at: .none), clauses), at: .none)]
}

private func directive(
    for instruction: Instruction, _ program: Program, _ isPlanned: Bool, isPreparation: Bool
) -> Statement {
    var clauses = [Clause(.rows, [.range(instruction.rows.lowerBound, instruction.rows.upperBound)])]
    if isPlanned {
        for keyword in DependencyKeyword.allCases {
            let dependencies = instruction.dependencies.filter { DependencyKeyword($0.work) == keyword }
            guard !dependencies.isEmpty else { continue }
            clauses.append(
                Clause(.dependency(keyword), dependencies.map { .count(of: program.name(of: $0.work), $0.rowCount) }))
        }
    }
    switch instruction.work {
    case .step: if isPreparation { clauses.append(Clause(.flag(.prepare), [])) }
    case .source: clauses.append(Clause(.flag(.source), []))
    case .sink: clauses.append(Clause(.flag(.sink), []))
    }
    return Statement(.directive(.run, Name(program.name(of: instruction.work), at: .none), clauses), at: .none)
}

private func summary(of program: Program, _ isPlanned: Bool) -> [String] {
    var counts = "\(program.steps.count) steps"
    if !program.instructions.isEmpty { counts += ", \(program.instructions.count) instructions" }
    guard isPlanned else { return [counts] }
    return [
        "\(counts); arena \(program.arenaByteCount) bytes, prepared \(program.preparedByteCount) bytes, "
            + "scratch \(program.scratchByteCount) bytes for each thread"
    ]
}

extension Clause {
    fileprivate init(_ clause: PlanClause, _ values: [Expression]) {
        self.init(keyword: Name(clause.word, at: .none), values: values)
    }
}

extension Expression {
    fileprivate static func name(_ text: String) -> Expression { Expression(.name(text), at: .none) }
    fileprivate static func integer(_ number: Int) -> Expression { Expression(.integer(number), at: .none) }
    /// `s0(12)`
    fileprivate static func count(of name: String, _ rows: Int) -> Expression {
        Expression(.call(Call(callee: Name(name, at: .none), operands: [.integer(rows)])), at: .none)
    }
    fileprivate static func range(_ lower: Int, _ end: Int) -> Expression {
        Expression(.range(.integer(lower), .integer(end)), at: .none)
    }
}
