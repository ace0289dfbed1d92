import GraphIR

extension Graph {
    /// The graph with these groups and in their order, storage directly before its first reader.
    ///
    /// - Parameter groups: every operation in exactly one, each behind those that it reads.
    func arranged(in groups: [Group]) -> Graph {
        var graph = self
        graph.groups = []
        var rewriter = GraphRewriter(graph)
        var isCopied = Set<ValueID>()
        for id in graph.ids where graph[id].content == .input {
            rewriter.copy(id)
            isCopied.insert(id)
        }
        for group in groups {
            for operand in Set(group.members.flatMap { graph[$0].operands }).sorted()
            where graph[operand].operation == nil && isCopied.insert(operand).inserted {
                rewriter.copy(operand)
            }
            for member in group.members { rewriter.copy(member) }
        }
        for id in graph.ids where graph[id].operation == nil && isCopied.insert(id).inserted { rewriter.copy(id) }
        for group in groups {
            rewriter.builder.setGroup(
                Group(name: group.name, members: group.members.map(rewriter.place), kernel: group.kernel))
        }
        return rewriter.finish()
    }
}
