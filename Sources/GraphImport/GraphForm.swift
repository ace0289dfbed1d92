import GraphIR

/// A graph without the names of its values, the order of its nodes and what nothing needs: equal where two graphs compute the
/// same by the same operations.
struct GraphForm: Hashable {
    /// A node with its operands by their numbers.
    struct Step: Hashable {
        var content: Node.Content
        var operands: [Int]
    }

    private(set) var steps: [Step] = []
    private var outputs: [Int] = []

    init(_ graph: Graph) {
        var numbers: [ValueID: Int] = [:]
        var known: [Step: Int] = [:]
        let inputs = graph.ids.filter { graph[$0].content == .input }
        func step(_ id: ValueID) -> Step {
            var content = graph[id].content
            if case .operation(var operation) = content {
                operation.operands = []
                content = .operation(operation)
            }
            let operands = graph[id].operands.map { numbers[$0] ?? -1 }
            return Step(content: content, operands: content == .input ? [inputs.firstIndex(of: id) ?? 0] : operands)
        }
        // Numbers are given from the outputs on, operands first, so that they do not depend on the order of nodes.
        for output in graph.outputs {
            var waiting = [output.value]
            while let id = waiting.last {
                let missing = graph[id].operands.filter { numbers[$0] == nil }
                guard missing.isEmpty || numbers[id] != nil else {
                    waiting += missing.reversed()
                    continue
                }
                waiting.removeLast()
                guard numbers[id] == nil else { continue }
                let step = step(id)
                if known[step] == nil {
                    known[step] = steps.count
                    steps.append(step)
                }
                numbers[id] = known[step]
            }
            outputs.append(numbers[output.value] ?? -1)
        }
    }
}
