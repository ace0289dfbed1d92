import GraphIR
import GraphKernelInterface

/// Makes one concatenation of one inside another along the same axis, and several of one that has more parts than kernels take.
///
/// Rewrites
///
///     concat(concat(a, b), c)    to  concat(a, b, c)
///     concat(a, b, …, t)         to  concat(concat(a, b, …), …, concat(…, t))
///
/// Ensures: the same values; an inner concatenation stays for its other readers alone. Does not join what together has more
/// parts than kernels take. Examples: `Tests/Golden/Simplify`.
func flattenConcatenations(_ graph: Graph) throws(NodeError) -> Graph {
    try graph.replacingValues { id, rewriter throws(OpError) in
        guard let operation = graph[id].operation, operation.op == .concat else { return nil }
        let operands = operation.operands.map(rewriter.place)
        let parts = operands.flatMap { part -> [ValueID] in
            guard let inner = rewriter.graph[part].operation, inner.op == .concat,
                inner.attributes.integer("axis") == operation.attributes.integer("axis")
            else { return [part] }
            return inner.operands
        }
        let few =
            parts.count <= PartSizes.maximumCount
            ? parts : try joined(operands, operation.attributes, in: &rewriter.builder)
        if few == operands { return nil }
        return try rewriter.builder.apply(.concat, few, operation.attributes, named: graph[id].name)
    }
}

/// As many values as kernels take, of which some are concatenations of neighbours.
private func joined(
    _ parts: [ValueID], _ attributes: Attributes, in builder: inout GraphBuilder
) throws(OpError) -> [ValueID] {
    let most = PartSizes.maximumCount
    guard parts.count > most else { return parts }
    var runs: [ValueID] = []
    for start in stride(from: 0, to: parts.count, by: most) {
        let run = Array(parts[start..<min(start + most, parts.count)])
        runs.append(run.count == 1 ? run[0] : try builder.apply(.concat, run, attributes))
    }
    return try joined(runs, attributes, in: &builder)
}
