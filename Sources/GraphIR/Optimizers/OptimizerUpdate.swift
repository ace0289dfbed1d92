/// One step of an optimizer on a tensor of numbers whose gradients another program has computed.
public enum OptimizerUpdate {
    /// The path of the weight that is updated; the optimizer's states stand at this path with its endings.
    public static let weights = "weights"
    /// The path of the state that holds its gradients.
    public static let gradients = "gradients"
    /// The scalar that gradients are multiplied by before they are used.
    public static let gradientScale = "scale_of_gradients"

    /// The graph, which does with each number what ``Graph/withUpdates(by:)`` does with those of a weight. Its scalars are
    /// the optimizer's and ``gradientScale``.
    public static func graph(_ optimizer: Optimizer, shape: [Int]) throws(NodeError) -> Graph {
        let type = TensorType(.f32, Shape(shape.map { Size($0) }))
        var builder = GraphBuilder(name: optimizer.rawValue)
        let weight = builder.declare(.weight(path: weights, initializer: .zeros), type: type, named: "weights")
        let gradient = builder.declare(.state(path: gradients, initializer: .zeros), type: type, named: "gradients")
        let scale = builder.declare(.scalar, type: .scalar, named: gradientScale)
        builder.origin = .none
        var rule = optimizer.rule
        do throws(OpError) {
            let scaled = try builder.apply(.multiply, [gradient, scale])
            try rule.begin(in: &builder)
            try rule.update(weight, path: weights, gradient: scaled, in: &builder)
        } catch {
            throw .op(error, at: nil)
        }
        return builder.graph.normalized()
    }
}
