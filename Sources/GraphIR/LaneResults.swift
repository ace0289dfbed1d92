extension Graph {
    /// What names of outputs begin with that are what a state becomes, before the state's path.
    public static let nextPrefix = "next."

    /// This graph with what one lane of a training step hands over, as outputs in place of updates: `gradient.<path>` for
    /// each weight that the loss depends on, then `next.<path>` for each state that the graph updates.
    ///
    /// It changes no weight and no state, so that lanes that run one after the other begin with the same ones.
    public func withLaneResults(except frozen: FrozenWeights = FrozenWeights()) throws(NodeError) -> Graph {
        let differentiation = try Differentiation(self)
        var builder = differentiation.builder
        for entry in differentiation.gradients where !frozen.contains(entry.path) {
            if let gradient = entry.gradient { builder.setOutput(Self.gradientPrefix + entry.path, gradient) }
        }
        var graph = builder.graph
        graph.outputs += graph.updates.compactMap { update in
            guard case .state(let path, _) = graph[update.target].content else { return nil }
            return Output(name: Self.nextPrefix + path, value: update.value)
        }
        graph.updates = []
        return graph.normalized()
    }
}
