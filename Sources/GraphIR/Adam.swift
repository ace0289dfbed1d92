extension Graph {
    /// This graph with the derivative of its loss and one step of Adam for each weight that the loss
    /// depends on.
    ///
    /// Adds the metric `gradient_norm`, the scalars `learning_rate`, `step` (1 in the first step) and
    /// `clip_norm`, and for a weight at `<path>` the states `<path>.adam_m` and `<path>.adam_v`, zeros at
    /// first. With g the gradient, clipped as `GradientClipping` says:
    ///
    ///     m ← 0.9·m + 0.1·g
    ///     v ← 0.999·v + 0.001·g·g
    ///     w ← w − (learning_rate / (1 − 0.9^step)) · m / (√v / √(1 − 0.999^step) + 1e-8)
    ///
    /// Source: Kingma and Ba, "Adam" (2015), algorithm 1, with ε where PyTorch adds it: to the
    /// corrected root.
    public func withAdam() throws(NodeError) -> Graph {
        let differentiation = try Differentiation(self)
        var adam = Adam(differentiation.builder)
        let taken = TrainingMeasures.gradientNorm
        guard !measures.contains(where: { $0.name == taken }) else { throw .reservedMeasure(taken) }
        let scale: ValueID
        do throws(OpError) {
            scale = try GradientClipping(of: differentiation.gradients.compactMap(\.gradient), in: &adam.builder).scale
        } catch {
            throw .op(error, at: nil)
        }
        for entry in differentiation.gradients {
            guard let gradient = entry.gradient else { continue }
            let weight = adam.builder.graph[entry.weight]
            do throws(OpError) {
                let clipped = try adam.builder.apply(.multiply, [gradient, scale])
                try adam.update(entry.weight, path: entry.path, gradient: clipped)
            } catch {
                throw .op(error, at: weight.place)
            }
        }
        return adam.builder.graph.normalized()
    }
}

/// Appends updates of weights to a graph.
struct Adam {
    var builder: GraphBuilder
    private var corrections: (stepSize: ValueID, rootScale: ValueID)?

    init(_ builder: GraphBuilder) {
        self.builder = builder
        self.builder.origin = .none
    }

    mutating func update(_ weight: ValueID, path: String, gradient: ValueID) throws(OpError) {
        let (stepSize, rootScale) = try scalarCorrections()
        let name = builder.graph[weight].name
        let mean = try moment("m", of: weight, at: path + TrainingStates.meanEnding, decay: 0.9, rest: 0.1, [gradient])
        let variance = try moment(
            "v", of: weight, at: path + TrainingStates.varianceEnding, decay: 0.999, rest: 0.001, [gradient, gradient])
        let root = try builder.apply(.sqrt, [variance])
        let corrected = try builder.apply(.divide, [root, rootScale])
        let denominator = try builder.apply(.add, [corrected, builder.constant(1e-8)])
        let numerator = try builder.apply(.multiply, [stepSize, mean])
        let change = try builder.apply(.divide, [numerator, denominator])
        let updated = try builder.apply(.subtract, [weight, change], named: "\(name)_next")
        builder.setUpdate(weight, updated)
    }

    /// decay · moment + rest · (the product of `factors`), which becomes the moment.
    private mutating func moment(
        _ letter: String, of weight: ValueID, at path: String, decay: Double, rest: Double, _ factors: [ValueID]
    ) throws(OpError) -> ValueID {
        let node = builder.graph[weight]
        let state = builder.declare(
            .state(path: path, initializer: .zeros), type: node.type,
            named: "\(node.name)_\(letter)")
        let kept = try builder.apply(.multiply, [builder.constant(decay), state])
        var added = builder.constant(rest)
        for factor in factors { added = try builder.apply(.multiply, [added, factor]) }
        let next = try builder.apply(.add, [kept, added], named: "\(node.name)_\(letter)_next")
        builder.setUpdate(state, next)
        return next
    }

    /// learning_rate / (1 − 0.9^step) and √(1 − 0.999^step), computed once for all weights.
    private mutating func scalarCorrections() throws(OpError) -> (stepSize: ValueID, rootScale: ValueID) {
        if let corrections { return corrections }
        let learningRate = builder.declare(.scalar, type: .scalar, named: TrainingScalars.learningRate)
        let step = builder.declare(.scalar, type: .scalar, named: TrainingScalars.step)
        let stepSize = try builder.apply(
            .divide, [learningRate, try complementOfPower(0.9, step)], named: "step_size")
        let rootScale = try builder.apply(.sqrt, [try complementOfPower(0.999, step)], named: "root_scale")
        corrections = (stepSize, rootScale)
        return (stepSize, rootScale)
    }

    /// 1 − base^step
    private mutating func complementOfPower(_ base: Double, _ step: ValueID) throws(OpError) -> ValueID {
        let power = try builder.apply(.power, [builder.constant(base), step])
        return try builder.apply(.subtract, [builder.constant(1), power])
    }
}
