import GraphIR

/// Names the kernel of each group by the kernel table.
///
/// Requires: a bound, fused graph. Ensures: every group has a kernel that fits it. A group of several
/// operations that no kernel fits is taken apart, so that each runs by its reference implementation.
/// Examples: `Tests/Golden/Schedule`.
func chooseKernels(_ graph: Graph, _ context: PassContext) -> Graph {
    var result = graph
    let uses = Uses(of: graph)
    result.groups = graph.groups.flatMap { group -> [Group] in
        let kernel = KernelTable.choose(GroupAnalysis(group, in: graph, uses), context.algorithm)
        if kernel != .reference || group.members.count == 1 {
            return [Group(name: group.name, members: group.members, kernel: kernel)]
        }
        return group.members.enumerated().map { position, member in
            let single = Group(name: "\(group.name)_\(position)", members: [member])
            return Group(
                name: single.name, members: single.members,
                kernel: KernelTable.choose(GroupAnalysis(single, in: graph, uses), context.algorithm))
        }
    }
    return result
}

extension Graph {
    /// Whether every group has a kernel.
    var hasKernels: Bool { hasGroups && groups.allSatisfy { $0.kernel != nil } }
}
