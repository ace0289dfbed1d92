import GraphIR

/// Names the kernel of each group by the kernel table.
///
/// Requires: a bound, fused graph. Ensures: every group has a kernel that fits it. A group of several
/// operations that no kernel fits is taken apart, so that each runs by its reference implementation.
/// Examples: `Tests/Golden/Schedule`.
func chooseKernels(_ graph: Graph, _ context: PassContext) -> Graph {
    let uses = Uses(of: graph)
    func analysis(_ name: String, _ members: [ValueID]) -> GroupAnalysis {
        GroupAnalysis(Group(name: name, members: members), in: graph, uses)
    }
    func choose(_ analysis: GroupAnalysis) -> Group {
        let kernel = KernelTable.choose(analysis, context.algorithm)
        return Group(name: analysis.group.name, members: analysis.group.members, kernel: kernel)
    }
    let groups = graph.groups.flatMap { group -> [Group] in
        let fused = analysis(group.name, group.members)
        let whole = choose(fused)
        let image = fused.prologue
        if !image.isEmpty, whole.kernel != .conv2DWinograd {
            let rest = group.members.filter { !image.contains($0) }
            let parts = [choose(analysis("\(group.name)_image", image)), choose(analysis(group.name, rest))]
            if parts.map(\.kernel) == [.pointwise, .conv2DWinograd] { return parts }
        }
        if whole.kernel != .reference || group.members.count == 1 { return [whole] }
        return group.members.enumerated().map { position, member in
            choose(analysis("\(group.name)_\(position)", [member]))
        }
    }
    // Parts of a group may stand between each other, and what they read before the first.
    guard groups.count == graph.groups.count else { return graph.arranged(in: groups) }
    var result = graph
    result.groups = groups
    return result
}

extension Graph {
    /// Whether every group has a kernel.
    var hasKernels: Bool { hasGroups && groups.allSatisfy { $0.kernel != nil } }
}
