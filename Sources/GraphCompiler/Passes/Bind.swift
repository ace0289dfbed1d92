import GraphIR

/// Gives every size of an entry its number.
///
/// Rewrites each symbol in types and attributes, and asks every op again for its result's type
/// (`Graph.bound(to:)` of `GraphIR`). Requires: a verified graph. Ensures: all sizes are numbers.
///
/// - Throws: when a symbol has no value, or an op rejects the sizes.
func bind(_ graph: Graph, _ context: PassContext) throws(NodeError) -> Graph {
    let missing = graph.sizeSymbols.filter { context.sizes[$0] == nil }
    guard missing.isEmpty else { throw .missingSizes(missing) }
    return try graph.bound(to: context.sizes)
}

extension Graph {
    var hasBoundSizes: Bool { nodes.allSatisfy { $0.type.shape.constant != nil } }
}
