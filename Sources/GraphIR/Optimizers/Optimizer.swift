/// How a training step changes the weights, given their gradients.
///
/// What an optimizer does is appended to the graph in public ops; what it remembers of a weight from step to step is a state
/// whose path is the weight's with one of ``stateEndings`` behind it.
public enum Optimizer: String, CaseIterable, Hashable, Sendable {
    /// See ``GraphIR/Adam``.
    case adam
    /// Adam whose weights shrink by themselves: see ``GraphIR/Adam``.
    case adamW = "adamw"
    /// See ``GraphIR/Adan``.
    case adan

    /// The endings of the paths of what it keeps for each weight.
    public var stateEndings: [String] { rule.stateEndings }

    /// Whether its programs have the scalar `weight_decay`.
    public var decaysWeights: Bool { self != .adam }

    /// As people write it.
    public var title: String {
        switch self {
        case .adam: "Adam"
        case .adamW: "AdamW"
        case .adan: "Adan"
        }
    }

    var rule: any UpdateRule {
        switch self {
        case .adam: Adam(decaysWeights: false)
        case .adamW: Adam(decaysWeights: true)
        case .adan: Adan()
        }
    }
}

extension Optimizer: LosslessStringConvertible {
    /// The optimizer of a ``rawValue``; nil for other texts.
    public init?(_ text: String) { self.init(rawValue: text) }

    public var description: String { rawValue }
}

/// An optimizer's formula, one file for each.
protocol UpdateRule {
    /// Behind a weight's path.
    var stateEndings: [String] { get }

    /// Computes what is the same for all weights, once, before the first ``update(_:path:gradient:in:)``.
    mutating func begin(in builder: inout GraphBuilder) throws(OpError)

    /// Appends what a weight and the states kept for it become.
    func update(_ weight: ValueID, path: String, gradient: ValueID, in builder: inout GraphBuilder) throws(OpError)
}

extension Graph {
    /// The optimizer whose updates the graph holds; nil for none.
    public var optimizer: Optimizer? {
        let decaysWeights = nodes.contains { $0.content == .scalar && $0.name == TrainingScalars.weightDecay }
        return Optimizer.allCases.first { optimizer in
            optimizer.decaysWeights == decaysWeights
                && nodes.contains { node in optimizer.stateEndings.contains { node.path?.hasSuffix($0) ?? false } }
        }
    }

    /// Whether each weight has an update.
    public var trainsAllWeights: Bool {
        let updated = Set(updates.map(\.target))
        return ids.allSatisfy { id in
            guard case .weight = self[id].content else { return true }
            return updated.contains(id)
        }
    }

    /// This graph with the derivative of its loss and one step of an optimizer for each weight that the loss depends on.
    ///
    /// Adds the metric `gradient_norm`, the scalars `learning_rate`, `step` (1 in the first step) and `clip_norm`, for
    /// optimizers that have it `weight_decay`, and for each weight the optimizer's states, zeros at first. Gradients are
    /// clipped as `GradientClipping` says.
    ///
    /// - Parameter frozen: weights that get no step, and whose gradients are no part of the norm.
    public func withUpdates(by optimizer: Optimizer, except frozen: FrozenWeights = FrozenWeights()) throws(NodeError) -> Graph {
        let differentiation = try Differentiation(self)
        let trained = differentiation.gradients.filter { !frozen.contains($0.path) }
        var builder = differentiation.builder
        builder.origin = .none
        let taken = TrainingMeasures.gradientNorm
        guard !measures.contains(where: { $0.name == taken }) else { throw .reservedMeasure(taken) }
        var rule = optimizer.rule
        let scale: ValueID
        do throws(OpError) {
            scale = try GradientClipping(of: trained.compactMap(\.gradient), in: &builder).scale
        } catch {
            throw .op(error, at: nil)
        }
        var hasBegun = false
        for entry in trained {
            guard let gradient = entry.gradient else { continue }
            let place = builder.graph[entry.weight].place
            do throws(OpError) {
                let clipped = try builder.apply(.multiply, [gradient, scale])
                if !hasBegun { try rule.begin(in: &builder) }
                hasBegun = true
                try rule.update(entry.weight, path: entry.path, gradient: clipped, in: &builder)
            } catch {
                throw .op(error, at: place)
            }
        }
        return builder.graph.normalized()
    }
}

extension GraphBuilder {
    /// decay · moment + rest · (the product of `factors`), which becomes the moment.
    ///
    /// - Parameter letter: the moment's own in the formula, for names of values.
    mutating func moment(
        _ letter: String, of weight: ValueID, at path: String, decay: Double, rest: Double, _ factors: [ValueID]
    ) throws(OpError) -> ValueID {
        let state = declareState(letter, of: weight, at: path)
        let kept = try apply(.multiply, [constant(decay), state])
        var added = constant(rest)
        for factor in factors { added = try apply(.multiply, [added, factor]) }
        let next = try apply(.add, [kept, added], named: "\(graph[weight].name)_\(letter)_next")
        setUpdate(state, next)
        return next
    }

    /// A state as large as a weight, zeros at first.
    mutating func declareState(_ letter: String, of weight: ValueID, at path: String) -> ValueID {
        let node = graph[weight]
        return declare(.state(path: path, initializer: .zeros), type: node.type, named: "\(node.name)_\(letter)")
    }

    /// 1 − base^step
    mutating func complementOfPower(_ base: Double, _ step: ValueID) throws(OpError) -> ValueID {
        try apply(.subtract, [constant(1), try apply(.power, [constant(base), step])])
    }
}
