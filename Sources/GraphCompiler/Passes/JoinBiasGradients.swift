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
    var groups: [Group?] = graph.groups
    /// Groups that are a sum alone, by its value, until something reads it.
    var sums: [ValueID: Int] = [:]
    for (index, group) in graph.groups.enumerated() {
        let member = group.members[0]
        if group.members.count == 1, let operation = graph[member].operation {
            if operation.op == .sumTo { sums[member] = index }
            if operation.op == .conv2DFilterGradient {
                for sum in uses.readers(of: operation.operands[1]) {
                    let joined = Group(name: group.name, members: [sum, member])
                    guard let place = sums[sum], sum < member,
                        lowerWinogradFilterAndBiasGradient(GroupAnalysis(joined, in: graph, uses)) != nil
                    else { continue }
                    groups[index] = joined
                    groups[place] = nil
                    break
                }
            }
        }
        for operand in group.members.flatMap({ graph[$0].operands }) { sums[operand] = nil }
    }
    return groups.allSatisfy { $0 != nil } ? graph : graph.arranged(in: groups.compactMap { $0 })
}
