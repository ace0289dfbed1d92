import GraphIR

/// Joins the sum of an output's gradient over all pixels, which is a bias's gradient, with the filter's gradient by
/// Winograd's algorithm, which reads the same gradient.
///
///     fuse s0 {                                       fuse s1 {
///       db = sum_to(dy, shape = [16])                   db = sum_to(dy, shape = [16])
///     }                                                 dw = conv2d_filter_gradient(x, dy, …)
///     fuse s1 {                                 to    }
///       dw = conv2d_filter_gradient(x, dy, …)
///     }
///
/// Requires: a bound, fused graph. Ensures: a joined group fits `conv2d_filter_and_bias_gradient_winograd`. Joins no
/// sum that takes in a chain of its own, or that something reads before the filter's gradient is made. Examples:
/// `Tests/Golden/JoinBiasGradients`.
func joinBiasGradients(_ graph: Graph) -> Graph {
    let uses = Uses(of: graph)
    var groups: [Group] = []
    var isRead: Set<ValueID> = []
    for group in graph.groups {
        defer { for member in group.members { isRead.formUnion(graph[member].operands) } }
        let place = groups.lastIndex { !isRead.contains($0.members[0]) && joined($0, group, in: graph, uses) != nil }
        if let place, let joined = joined(groups[place], group, in: graph, uses) {
            groups.remove(at: place)
            groups.append(joined)
        } else {
            groups.append(group)
        }
    }
    return groups.count == graph.groups.count ? graph : graph.arranged(in: groups)
}

private func joined(_ sum: Group, _ filterGradient: Group, in graph: Graph, _ uses: Uses) -> Group? {
    guard filterGradient.members.count == 1, sum.members.count == 1, let filter = graph[filterGradient.members[0]].operation,
        filter.op == "conv2d_filter_gradient", graph[sum.members[0]].operation?.op == "sum_to"
    else { return nil }
    let joined = Group(name: filterGradient.name, members: sum.members + filterGradient.members)
    return lowerWinogradFilterAndBiasGradient(GroupAnalysis(joined, in: graph, uses)) == nil ? nil : joined
}
