import GraphIR

/// Computes equal things once.
///
/// Rewrites two operations with the same op, operands and attributes to the first of them.
/// Requires: a verified graph. Ensures: no two operations are equal. Does not move operations.
/// Examples: `Tests/Golden/Simplify`.
func eliminateCommonSubexpressions(_ graph: Graph) -> Graph {
    var rewriter = GraphRewriter(graph)
    var known: [Operation: ValueID] = [:]
    for id in graph.ids {
        guard var operation = graph[id].operation else {
            rewriter.copy(id)
            continue
        }
        operation.operands = operation.operands.map(rewriter.place)
        if let first = known[operation] {
            rewriter.replace(id, with: first)
        } else {
            rewriter.copy(id)
            known[operation] = rewriter.place(of: id)
        }
    }
    return rewriter.finish()
}

extension Graph {
    var hasNoEqualOperations: Bool {
        let operations = nodes.compactMap(\.operation)
        return Set(operations).count == operations.count
    }
}
