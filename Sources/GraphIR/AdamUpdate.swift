/// One step of Adam on a tensor of numbers whose gradients another program has computed.
public enum AdamUpdate {
    /// The path of the weight that is updated; its moments stand at ``mean`` and ``variance``.
    public static let weights = "weights"
    /// The path of the state that holds its gradients.
    public static let gradients = "gradients"
    /// The path of the mean of gradients.
    public static let mean = weights + TrainingStates.meanEnding
    /// The path of the mean of their squares.
    public static let variance = weights + TrainingStates.varianceEnding
    /// The scalar that gradients are multiplied by before they are used.
    public static let gradientScale = "scale_of_gradients"

    /// The graph, which does with each number what ``Graph/withAdam()`` does with those of a weight. Its scalars are
    /// `learning_rate`, `step` and ``gradientScale``.
    public static func graph(shape: [Int]) throws(NodeError) -> Graph {
        let type = TensorType(.f32, Shape(shape.map { Size($0) }))
        var builder = GraphBuilder(name: "adam")
        let weight = builder.declare(.weight(path: weights, initializer: .zeros), type: type, named: "weights")
        let gradient = builder.declare(.state(path: gradients, initializer: .zeros), type: type, named: "gradients")
        let scale = builder.declare(.scalar, type: .scalar, named: gradientScale)
        var adam = Adam(builder)
        do throws(OpError) {
            let scaled = try adam.builder.apply(.multiply, [gradient, scale])
            try adam.update(weight, path: weights, gradient: scaled)
        } catch {
            throw .op(error, at: nil)
        }
        return adam.builder.graph.normalized()
    }
}
