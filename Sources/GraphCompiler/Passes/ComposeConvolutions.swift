import GraphIR

/// Joins groups of convolutions with nothing between them but biases and pixel shuffles to one group, which
/// `conv2d_composed` computes as one convolution.
///
///     fuse s0 {                                    fuse s1 {
///       t   = conv2d(x, filter)                      t   = conv2d(x, filter)
///       t_1 = t + bias                               t_1 = t + bias
///       y   = depth_to_space(t_1, block = 2)   to    y   = depth_to_space(t_1, block = 2)
///     }                                              z   = conv2d(y, filter_1)
///     fuse s1 {                                    }
///       z = conv2d(y, filter_1)
///     }
///
/// Requires: a bound, fused graph. Ensures: a joined group fits `conv2d_composed` and takes fewer operations than its
/// parts. Leaves graphs with updates alone: there filters are new for each run, and their gradients need what lies
/// between. Examples: `Tests/Golden/Compose`.
func composeConvolutions(_ graph: Graph) -> Graph {
    guard graph.updates.isEmpty else { return graph }
    let uses = Uses(of: graph)
    var groups = graph.groups
    // From the last to the first, so that what a group is joined with has been joined with all behind it.
    for index in groups.indices.reversed() {
        guard let result = groups[index].members.last, let reader = uses.onlyReader(of: result),
            let next = groups.firstIndex(where: { $0.members.contains(reader) }), next > index
        else { continue }
        let joined = Group(name: groups[next].name, members: groups[index].members + groups[next].members)
        let analysis = GroupAnalysis(joined, in: graph, uses)
        guard let composed = lowerComposedConvolution(analysis),
            let parts = operationCount([groups[index], groups[next]], in: graph, uses),
            composed.operationCount(in: graph) < parts
        else { continue }
        groups[next] = joined
        groups.remove(at: index)
    }
    return groups.count == graph.groups.count ? graph : graph.arranged(in: groups)
}

/// What groups take by the best kernel of each; nil when one of them is no convolution.
private func operationCount(_ groups: [Group], in graph: Graph, _ uses: Uses) -> Int? {
    var sum = 0
    for group in groups {
        let analysis = GroupAnalysis(group, in: graph, uses)
        guard analysis.anchorOperation?.op == "conv2d",
            let lowering = KernelTable.lower(analysis, kernel: KernelTable.choose(analysis, .best))
        else { return nil }
        sum += lowering.operationCount(in: graph)
    }
    return sum
}

extension Lowering {
    /// Multiplications and additions for all rows of the result.
    fileprivate func operationCount(in graph: Graph) -> Int {
        operationsPerRow * RowLayout(graph.boundShape(results[0]), .f32).rowCount
    }
}
