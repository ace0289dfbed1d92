import GraphIR

/// Leaves out what no output, measure or update needs.
///
/// Requires: a verified graph. Ensures: every operation, weight, state and scalar is needed.
/// Does not drop inputs: they are the entry's interface. Examples: `Tests/Golden/Simplify`.
func eliminateDeadCode(_ graph: Graph) -> Graph {
    let isNeeded = graph.isNeeded(for: graph.roots)
    var rewriter = GraphRewriter(graph)
    for id in graph.ids where isNeeded[id.index] || graph[id].isInput { rewriter.copy(id) }
    return rewriter.finish()
}

extension Graph {
    var hasNoDeadCode: Bool { zip(nodes, isNeeded(for: roots)).allSatisfy { $1 || $0.isInput } }
}

extension Node {
    fileprivate var isInput: Bool { if case .input = content { true } else { false } }
}
