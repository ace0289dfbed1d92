import GraphIR
import GraphKernelInterface

/// Makes one concatenation of one inside another along the same axis.
///
/// Rewrites
///
///     concat(concat(a, b), c)    to  concat(a, b, c)
///
/// Ensures: the same values; an inner concatenation stays for its other readers alone. Does not join what together has more
/// parts than kernels take. Examples: `Tests/Golden/Simplify`.
func flattenConcatenations(_ graph: Graph) throws(NodeError) -> Graph {
    var rewriter = GraphRewriter(graph)
    for id in graph.ids {
        guard let operation = graph[id].operation, operation.op == .concat else {
            rewriter.copy(id)
            continue
        }
        let parts = operation.operands.map(rewriter.place).flatMap { part -> [ValueID] in
            guard let inner = rewriter.graph[part].operation, inner.op == .concat,
                inner.attributes.integer("axis") == operation.attributes.integer("axis")
            else { return [part] }
            return inner.operands
        }
        rewriter.copy(id, operands: parts.count <= PartSizes.maximumCount ? parts : operation.operands.map(rewriter.place))
    }
    return eliminateDeadCode(rewriter.finish())
}
