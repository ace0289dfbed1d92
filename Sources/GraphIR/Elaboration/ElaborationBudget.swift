import GraphLanguage

/// How much elaboration may make of one entry of a file.
///
/// A few lines can ask for any number of repeats within each other. Real models need a tenth of ``ElaborationLimits`` at
/// most; what the compiler prints is longer, and as long as its text.
struct ElaborationBudget {
    let nodeCount: Int
    let stepCount: Int

    init(_ file: SourceFile) {
        let statementCount = file.declarations.reduce(0) { $0 + Self.statementCount($1.body) }
        nodeCount = max(ElaborationLimits.nodeCount, min(2 * statementCount, ElaborationLimits.printedNodeCount))
        // A printed statement is an operation with its operands and arguments.
        stepCount = max(ElaborationLimits.stepCount, 10 * nodeCount)
    }

    private static func statementCount(_ body: [Statement]) -> Int {
        body.reduce(0) { sum, statement in
            switch statement.kind {
            case .repeat(_, _, _, _, let body), .fuse(_, _, let body): sum + 1 + statementCount(body)
            case .if(_, _, let then, let otherwise): sum + 1 + statementCount(then) + statementCount(otherwise?.body ?? [])
            default: sum + 1
            }
        }
    }
}
