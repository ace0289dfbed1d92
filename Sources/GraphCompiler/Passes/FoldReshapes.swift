import GraphIR

/// Makes one reshape of several in a row.
///
/// Rewrites `reshape(reshape(x, s), t)` to `reshape(x, t)`. Requires: s has as many elements as x whatever the sizes, since
/// to bind sizes checks the rest. Ensures: no such reshape reads another. Examples: `Tests/Golden/Simplify`.
func foldReshapes(_ graph: Graph) throws(NodeError) -> Graph {
    try graph.replacingValues { id, rewriter throws(OpError) in
        guard let outer = graph[id].operation, outer.op == .reshape, let inner = graph[outer.operands[0]].operation,
            inner.op == .reshape,
            graph[outer.operands[0]].type.shape.elementCount.compared(to: graph[inner.operands[0]].type.shape.elementCount)
                == .equal
        else { return nil }
        // What the inner one reads may be a reshape, too, which was replaced before.
        let value = rewriter.place(of: outer.operands[0])
        let source = rewriter.builder.graph[value].operation?.operands[0] ?? rewriter.place(of: inner.operands[0])
        return try rewriter.builder.apply(.reshape, [source], outer.attributes, named: graph[id].name)
    }
}
