import GraphIR

/// Leaves out what no output, measure or update needs.
///
/// Requires: a verified graph. Ensures: every operation, weight, state and scalar is needed.
/// Does not drop inputs: they are the entry's interface. Examples: `Tests/Golden/Simplify`.
func eliminateDeadCode(_ graph: Graph) -> Graph {
    var isNeeded = Array(repeating: false, count: graph.nodes.count)
    let roots = graph.outputs.map(\.value) + graph.measures.map(\.value) + graph.updates.flatMap { [$0.target, $0.value] }
    for root in roots { isNeeded[root.index] = true }
    for id in graph.ids.reversed() where isNeeded[id.index] {
        for operand in graph[id].operands { isNeeded[operand.index] = true }
    }
    var rewriter = GraphRewriter(graph)
    for id in graph.ids where isNeeded[id.index] || graph[id].content == .input {
        rewriter.copy(id)
    }
    return rewriter.finish()
}
