/// Adan, which also follows how gradients change. With g the gradient, d what it is more than that of the step before, 0 in
/// the first step, and λ = `weight_decay`:
///
///     m ← 0.98·m + 0.02·g
///     v ← 0.92·v + 0.08·d
///     n ← 0.99·n + 0.01·(g + 0.92·d)²
///     a = m / (1 − 0.98^step) + 0.92·v / (1 − 0.92^step)
///     w ← (w − learning_rate·a / (√n / √(1 − 0.99^step) + 1e-8)) / (1 + learning_rate·λ)
///
/// Source: Xie et al., "Adan: adaptive Nesterov momentum algorithm for faster optimizing deep models" (2022), algorithm 1,
/// with means corrected for their beginning as Adam's are.
struct Adan: UpdateRule {
    private var scalars: Scalars?

    /// What is the same for all weights.
    private struct Scalars {
        let learningRate, rootScale, shrinking: ValueID
        /// What the means of gradients and of their changes are divided by.
        let meanScale, changeScale: ValueID
        /// 0 in the first step, 1 from the second on.
        let isLater: ValueID
    }

    var stateEndings: [String] { [Self.mean, Self.change, Self.square, Self.gradient] }
    private static let mean = ".adan_m", change = ".adan_v", square = ".adan_n", gradient = ".adan_g"

    mutating func begin(in builder: inout GraphBuilder) throws(OpError) {
        let learningRate = builder.declare(.scalar, type: .scalar, named: TrainingScalars.learningRate)
        let step = builder.declare(.scalar, type: .scalar, named: TrainingScalars.step)
        let decay = builder.declare(.scalar, type: .scalar, named: TrainingScalars.weightDecay)
        let before = try builder.apply(.subtract, [step, builder.constant(1)])
        scalars = Scalars(
            learningRate: learningRate,
            rootScale: try builder.apply(.sqrt, [try builder.complementOfPower(0.99, step)], named: "root_scale"),
            shrinking: try builder.apply(
                .add, [builder.constant(1), try builder.apply(.multiply, [learningRate, decay])], named: "shrinking"),
            meanScale: try builder.complementOfPower(0.98, step), changeScale: try builder.complementOfPower(0.92, step),
            isLater: try builder.apply(.clip, [before], Attributes(["min": .float(0), "max": .float(1)]), named: "is_later"))
    }

    func update(
        _ weight: ValueID, path: String, gradient: ValueID, in builder: inout GraphBuilder
    ) throws(OpError) {
        guard let scalars else { preconditionFailure("The rule has begun.") }
        let name = builder.graph[weight].name
        let former = builder.declareState("g", of: weight, at: path + Self.gradient)
        builder.setUpdate(former, gradient)
        let difference = try builder.apply(
            .multiply, [scalars.isLater, try builder.apply(.subtract, [gradient, former])])
        let ahead = try builder.apply(
            .add, [gradient, try builder.apply(.multiply, [builder.constant(0.92), difference])])
        let mean = try builder.moment("m", of: weight, at: path + Self.mean, decay: 0.98, rest: 0.02, [gradient])
        let change = try builder.moment("v", of: weight, at: path + Self.change, decay: 0.92, rest: 0.08, [difference])
        let square = try builder.moment("n", of: weight, at: path + Self.square, decay: 0.99, rest: 0.01, [ahead, ahead])
        let root = try builder.apply(.divide, [try builder.apply(.sqrt, [square]), scalars.rootScale])
        let denominator = try builder.apply(.add, [root, builder.constant(1e-8)])
        let changeAhead = try builder.apply(.multiply, [builder.constant(0.92), change])
        let direction = try builder.apply(
            .add,
            [
                try builder.apply(.divide, [mean, scalars.meanScale]),
                try builder.apply(.divide, [changeAhead, scalars.changeScale]),
            ])
        let numerator = try builder.apply(.multiply, [scalars.learningRate, direction])
        let moved = try builder.apply(.subtract, [weight, try builder.apply(.divide, [numerator, denominator])])
        builder.setUpdate(weight, try builder.apply(.divide, [moved, scalars.shrinking], named: "\(name)_next"))
    }
}
