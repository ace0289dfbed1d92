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
/// parts; where filters are new for each run, their composition included. Examples: `Tests/Golden/Compose`.
func composeConvolutions(_ graph: Graph) -> Graph {
    let uses = Uses(of: graph)
    var groups: [Group?] = graph.groups
    var groupOf: [ValueID: Int] = [:]
    for (index, group) in graph.groups.enumerated() {
        for member in group.members { groupOf[member] = index }
    }
    // From the last to the first, so that what a group is joined with has been joined with all behind it.
    for (index, group) in graph.groups.enumerated().reversed() {
        guard let reader = uses.onlyReader(of: group.members[group.members.count - 1]), let place = groupOf[reader],
            let next = groups[place], place > index, let joined = composed(group, then: next, in: graph, uses)
        else { continue }
        groups[place] = joined
        groups[index] = nil
        for member in group.members { groupOf[member] = place }
    }
    return groups.allSatisfy { $0 != nil } ? graph : graph.arranged(in: groups.compactMap { $0 })
}

/// A group and the one that alone reads its result as one; nil where that is no composed convolution, or takes as many
/// operations.
func composed(_ group: Group, then next: Group, in graph: Graph, _ uses: Uses) -> Group? {
    let joined = Group(name: next.name, members: group.members + next.members)
    // Few groups can be composed: what the parts take is asked of those alone.
    guard let composed = lowerComposedConvolution(GroupAnalysis(joined, in: graph, uses)),
        let parts = operationCount([group, next], in: graph, uses), composed.operationCount(in: graph) < parts
    else { return nil }
    return joined
}

/// What groups take by the best kernel of each; nil when one of them is no convolution.
private func operationCount(_ groups: [Group], in graph: Graph, _ uses: Uses) -> Int? {
    var sum = 0
    for group in groups {
        let analysis = GroupAnalysis(group, in: graph, uses)
        guard analysis.anchorOperation?.op == .conv2D,
            let lowering = KernelTable.lower(analysis, kernel: KernelTable.choose(analysis, .best))
        else { return nil }
        sum += lowering.operationCount(in: graph)
    }
    return sum
}

extension Lowering {
    /// Multiplications and additions for all rows of the result; with those of filters where each run makes them anew.
    fileprivate func operationCount(in graph: Graph) -> Int {
        operationsPerRow * RowLayout(graph.boundShape(results[0]), .f32).rowCount
            + (graph.updates.isEmpty ? 0 : inputs.reduce(0) { $0 + $1.operationCount })
    }
}

extension Lowering.Input {
    fileprivate var operationCount: Int {
        guard case .made(let step) = self else { return 0 }
        return step.operationsPerRow * step.rowCount + step.sources.reduce(0) { $0 + $1.operationCount }
    }
}
