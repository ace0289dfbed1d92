import GraphLanguage

/// A `buffer` or `run` line, its clauses by meaning.
struct PlanLine {
    let name: Name
    /// `rows 0..<4`, or `rows 7` as 0..<7.
    private(set) var rows: Range<Int>?
    private(set) var dependencies: [(keyword: DependencyKeyword, name: Name, rowCount: Int)] = []
    private(set) var offset: Int?
    private(set) var byteCount: Int?
    /// From the first instruction that uses the buffer to behind the last.
    private(set) var life: Range<Int>?
    /// `over y`
    private(set) var operand: Name?
    /// The clause without values.
    private(set) var flag: PlanFlag?

    init(_ name: Name, _ clauses: [Clause]) throws(Diagnostics) {
        self.name = name
        for clause in clauses {
            guard let kind = PlanClause(clause.keyword.text) else {
                throw Diagnostics([
                    Diagnostic(
                        code: .badPlan, "a plan has no clause '\(clause.keyword.text)'", at: clause.keyword.location,
                        suggestion: Spelling.nearest(to: clause.keyword.text, among: PlanClause.allCases.map(\.word)))
                ])
            }
            switch kind {
            case .rows: rows = try Self.range(clause)
            case .dependency(let keyword):
                for value in clause.values { dependencies.append(try Self.dependency(value, keyword, clause)) }
            case .at: offset = try Self.single(clause)
            case .bytes: byteCount = try Self.single(clause)
            case .live: life = try Self.range(clause)
            case .over:
                guard clause.values.count == 1, case .name(let name) = clause.values[0].kind else {
                    throw misread("'over' takes one name", at: clause.keyword.location)
                }
                operand = Name(name, at: clause.values[0].location)
            case .flag(let word): flag = word
            }
        }
    }

    private static func integer(_ value: Expression, _ clause: Clause) throws(Diagnostics) -> Int {
        if case .integer(let number) = value.kind { return number }
        throw misread("'\(clause.keyword.text)' takes whole numbers", at: value.location)
    }

    /// `s0(12)`
    private static func dependency(
        _ value: Expression, _ keyword: DependencyKeyword, _ clause: Clause
    ) throws(Diagnostics) -> (DependencyKeyword, Name, Int) {
        guard case .call(let call) = value.kind, call.operands.count == 1, call.parameters.isEmpty, call.attributes.isEmpty
        else { throw misread("'\(keyword.rawValue)' takes counts of rows, as s0(12)", at: value.location) }
        let rowCount = try integer(call.operands[0], clause)
        guard rowCount >= 1 else { throw misread("a dependency is on at least one row", at: value.location) }
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

/// A mistake in a line of a plan.
func misread(_ message: String, at location: SourceLocation) -> Diagnostics {
    Diagnostics([Diagnostic(code: .badPlan, message, at: location)])
}
