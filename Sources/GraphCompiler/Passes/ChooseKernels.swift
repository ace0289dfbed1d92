import GraphIR

/// Names the kernel of each group by the kernel table.
///
/// Requires: a bound, fused graph. Ensures: every group has a kernel that fits it. A group of several
/// operations that no kernel fits is taken apart, so that each runs by its reference implementation.
/// Examples: `Tests/Golden/Schedule`.
func chooseKernels(_ graph: Graph, _ context: PassContext) -> Graph {
    let uses = Uses(of: graph)
    func choose(_ name: String, _ members: [ValueID]) -> Group {
        let analysis = GroupAnalysis(Group(name: name, members: members), in: graph, uses)
        return Group(name: name, members: members, kernel: KernelTable.choose(analysis, context.algorithm))
    }
    let groups = graph.groups.flatMap { group -> [Group] in
        let whole = choose(group.name, group.members)
        let image = GroupAnalysis(group, in: graph, uses).prologue
        if !image.isEmpty, whole.kernel != .conv2DWinograd {
            let parts = [
                choose("\(group.name)_image", image), choose(group.name, group.members.filter { !image.contains($0) }),
            ]
            if parts.map(\.kernel) == [.pointwise, .conv2DWinograd] { return parts }
        }
        if whole.kernel != .reference || group.members.count == 1 { return [whole] }
        return group.members.enumerated().map { position, member in choose("\(group.name)_\(position)", [member]) }
    }
    return graph.arranged(in: groups)
}

extension Graph {
    /// Whether every group has a kernel.
    var hasKernels: Bool { hasGroups && groups.allSatisfy { $0.kernel != nil } }
}
