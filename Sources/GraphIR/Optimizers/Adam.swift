/// Adam, and AdamW, with g the gradient and λ = `weight_decay`, 0 for Adam:
///
///     m ← 0.9·m + 0.1·g
///     v ← 0.999·v + 0.001·g·g
///     w ← (1 − learning_rate·λ)·w − (learning_rate / (1 − 0.9^step)) · m / (√v / √(1 − 0.999^step) + 1e-8)
///
/// Source: Kingma and Ba, "Adam" (2015), algorithm 1, with ε where PyTorch adds it: to the corrected root; Loshchilov and
/// Hutter, "Decoupled weight decay regularization" (2019), algorithm 2.
struct Adam: UpdateRule {
    let decaysWeights: Bool
    private var stepSize: ValueID?
    private var rootScale: ValueID?
    /// What a weight is multiplied by; nil for 1.
    private var keptShare: ValueID?

    init(decaysWeights: Bool) { self.decaysWeights = decaysWeights }

    var stateEndings: [String] { [Self.mean, Self.variance] }
    private static let mean = ".adam_m", variance = ".adam_v"

    mutating func begin(in builder: inout GraphBuilder) throws(OpError) {
        let learningRate = builder.declare(.scalar, type: .scalar, named: TrainingScalars.learningRate)
        let step = builder.declare(.scalar, type: .scalar, named: TrainingScalars.step)
        stepSize = try builder.apply(.divide, [learningRate, try builder.complementOfPower(0.9, step)], named: "step_size")
        rootScale = try builder.apply(.sqrt, [try builder.complementOfPower(0.999, step)], named: "root_scale")
        guard decaysWeights else { return }
        let decay = builder.declare(.scalar, type: .scalar, named: TrainingScalars.weightDecay)
        let lost = try builder.apply(.multiply, [learningRate, decay])
        keptShare = try builder.apply(.subtract, [builder.constant(1), lost], named: "kept_share")
    }

    func update(
        _ weight: ValueID, path: String, gradient: ValueID, in builder: inout GraphBuilder
    ) throws(OpError) {
        guard let stepSize, let rootScale else { preconditionFailure("The rule has begun.") }
        let name = builder.graph[weight].name
        let mean = try builder.moment("m", of: weight, at: path + Self.mean, decay: 0.9, rest: 0.1, [gradient])
        let variance = try builder.moment(
            "v", of: weight, at: path + Self.variance, decay: 0.999, rest: 0.001, [gradient, gradient])
        let root = try builder.apply(.sqrt, [variance])
        let corrected = try builder.apply(.divide, [root, rootScale])
        let denominator = try builder.apply(.add, [corrected, builder.constant(1e-8)])
        let numerator = try builder.apply(.multiply, [stepSize, mean])
        let change = try builder.apply(.divide, [numerator, denominator])
        var kept = weight
        if let keptShare { kept = try builder.apply(.multiply, [keptShare, weight]) }
        builder.setUpdate(weight, try builder.apply(.subtract, [kept, change], named: "\(name)_next"))
    }
}
