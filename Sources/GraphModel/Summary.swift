import GraphBasics
import GraphCompiler
import GraphIR

extension Model {
    /// What the model holds, in one line: `1,517,571 weights in 74 tensors; entries forward, train, predict`.
    public var summary: String { compiled.summary }
}

extension Module {
    /// Weights and entries, in one line. Weights that several entries read count once.
    public var summary: String {
        let nodes = entries.flatMap(\.graph.nodes)
        var elementCounts: [String: Int] = [:]
        for node in nodes {
            guard case .weight(let path, _) = node.content, let shape = node.type.shape.constant else { continue }
            elementCounts[path] = shape.reduce(1, *)
        }
        let roles = entries.map(\.role.rawValue).joined(separator: ", ")
        return "\(readable(count: elementCounts.values.reduce(0, +), "weight")) in "
            + "\(readable(count: elementCounts.count, "tensor")); entries \(roles)"
    }
}
