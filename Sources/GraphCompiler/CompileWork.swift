import GraphIR

/// Counts what passes that run until nothing changes have looked at, so that no graph keeps them at it without end.
///
/// Two or three rounds are enough for any model; one round for each of its values would take hours.
struct CompileWork {
    private var remaining: Int

    /// - Parameter graph: as the passes get it first.
    init(_ graph: Graph) { remaining = 1_000_000 + 40 * graph.nodes.count }

    /// Counts each value of a graph once for each pass of a round.
    ///
    /// - Throws: where the graph still changes after all that was to be spent.
    mutating func spend(_ passCount: Int, on graph: Graph) throws(PassError) {
        remaining -= passCount * graph.nodes.count
        guard remaining >= 0 else { throw .illegal(.endlessWork(graph: graph.name)) }
    }
}
