import GraphIR

/// Leaves out what no output, measure or update needs.
///
/// Requires: a verified graph. Ensures: every operation, weight, state and scalar is needed.
/// Does not drop inputs: they are the entry's interface. Examples: `Tests/Golden/Simplify`.
func eliminateDeadCode(_ graph: Graph) -> Graph {
    let isNeeded = graph.neededValues
    var rewriter = GraphRewriter(graph)
    for id in graph.ids where isNeeded[id.index] || graph[id].content == .input {
        rewriter.copy(id)
    }
    return rewriter.finish()
}

extension Graph {
    var hasNoDeadCode: Bool { zip(nodes, neededValues).allSatisfy { $1 || $0.content == .input } }

    /// For each node, whether an output, measure or update needs it.
    fileprivate var neededValues: [Bool] {
        var isNeeded = Array(repeating: false, count: nodes.count)
        let roots = outputs.map(\.value) + measures.map(\.value) + updates.flatMap { [$0.target, $0.value] }
        for root in roots { isNeeded[root.index] = true }
        for id in ids.reversed() where isNeeded[id.index] {
            for operand in self[id].operands { isNeeded[operand.index] = true }
        }
        return isNeeded
    }
}
