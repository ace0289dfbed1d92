import GraphIR

/// Gives numbers that the caller takes, or that are assigned to a state, an operation that puts them into memory.
///
/// Rewrites an output or update of `6` to one of `broadcast(6, shape = [])`. Requires: a verified graph without groups.
/// Ensures: outputs and updates are no constants. Measures may be: the runtime knows them without memory.
/// Examples: `Tests/Golden/Fuse`.
func storeConstants(_ graph: Graph) throws(NodeError) -> Graph {
    let taken = Set(graph.outputs.map(\.value) + graph.updates.map(\.value))
    var rewriter = GraphRewriter(graph)
    for id in graph.ids { rewriter.copy(id) }
    var stored: [ValueID: ValueID] = [:]
    do throws(OpError) {
        for id in taken.sorted() where graph.constant(id) != nil {
            stored[id] = try rewriter.builder.apply(
                .broadcast, [rewriter.place(of: id)], Attributes(["shape": .sizes([])]), named: "number")
        }
    } catch {
        throw .op(error, at: nil)
    }
    guard !stored.isEmpty else { return graph }
    var builder = rewriter.builder
    builder.setResults(like: graph) { stored[$0] ?? rewriter.place(of: $0) }
    return builder.graph.normalized()
}

extension Graph {
    var storesConstants: Bool {
        (outputs.map(\.value) + updates.map(\.value)).allSatisfy { constant($0) == nil }
    }
}
