import GraphIR

/// What stands behind the name in a `buffer` or `run` line of a plan.
enum PlanClause: Hashable, CaseIterable {
    case rows
    /// On what an instruction depends.
    case dependency(DependencyKeyword)
    case at, bytes, live, over
    /// A clause without values.
    case flag(PlanFlag)

    static let allCases: [PlanClause] =
        [.rows] + DependencyKeyword.allCases.map(PlanClause.dependency) + [.at, .bytes, .live, .over]
        + PlanFlag.allCases.map(PlanClause.flag)

    /// Nil where no clause begins with the word.
    init?(_ word: String) {
        guard let clause = Self.allCases.first(where: { $0.word == word }) else { return nil }
        self = clause
    }

    /// The word that it begins with.
    var word: String {
        switch self {
        case .rows: "rows"
        case .dependency(let keyword): keyword.rawValue
        case .at: "at"
        case .bytes: "bytes"
        case .live: "live"
        case .over: "over"
        case .flag(let flag): flag.rawValue
        }
    }
}

/// On what kind of work a dependency is: steps, inputs and outputs may have one name.
enum DependencyKeyword: String, CaseIterable {
    case after, given, taken

    init(_ work: Instruction.Work) {
        switch work {
        case .step: self = .after
        case .source: self = .given
        case .sink: self = .taken
        }
    }
}

/// What a run is, or what a buffer is for, in one word.
enum PlanFlag: String, CaseIterable {
    case source, sink, prepare
    case packed, sums, prepared

    /// That of a buffer in the arena; nil for one that holds a value of the graph.
    init?(_ role: Buffer.Role) {
        switch role {
        case .value: return nil
        case .packedFilter: self = .packed
        case .partialSums: self = .sums
        }
    }
}

/// What stands behind the types of an entry that is a plan.
enum PlanHeaderClause: String {
    /// The instruction set.
    case on
}
