/// Clipping of gradients by their global norm.
///
/// Appends the norm of all gradients together, which is a metric of the training step, and the number
/// that every gradient is multiplied by: 1 as long as the norm is at most the scalar `clip_norm`, and
/// then exactly, so that an infinite `clip_norm` changes no bit of a step.
///
///     gradient_norm  = √(Σ over all gradients and elements of g·g)
///     gradient_scale = min(1, clip_norm / gradient_norm)
///
/// Requires: no measure is named `gradient_norm`.
///
/// Source: Pascanu, Mikolov and Bengio, "On the difficulty of training recurrent neural networks"
/// (2013), algorithm 1.
struct GradientClipping {
    /// A scalar.
    let scale: ValueID

    /// - Parameter gradients: at least one.
    init(of gradients: [ValueID], in builder: inout GraphBuilder) throws(OpError) {
        let name = TrainingMeasures.gradientNorm
        var squares: ValueID?
        for gradient in gradients {
            let part = try builder.apply(.sum, [try builder.apply(.multiply, [gradient, gradient])])
            squares = if let squares { try builder.apply(.add, [squares, part]) } else { part }
        }
        let norm = try builder.apply(.sqrt, [squares ?? builder.constant(0)], named: name)
        builder.setMeasure(.metric, name, norm)
        let limit = builder.declare(.scalar, type: .scalar, named: TrainingScalars.clipNorm)
        let ratio = try builder.apply(.divide, [limit, norm])
        scale = try builder.apply(
            .clip, [ratio], Attributes(["min": .float(0), "max": .float(1)]), named: "gradient_scale")
    }
}
