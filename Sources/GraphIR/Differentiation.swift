/// Reverse-mode differentiation, from a graph to a graph.
///
/// Requires one loss: an f32 scalar. Appends to the forward graph, whose nodes keep names, order,
/// outputs and measures, the derivative of the loss by every value between a weight and the loss. The
/// derivative of `h` is named `d_h`; where several operations read `h`, `d_h` is the sum of the parts
/// `d_h_via_…`, added in the order in which the backward pass reaches those operations: the last
/// operation's part first. Nothing is appended that no weight's gradient needs.
///
///     h = relu(x)                        d_y = mean_gradient(1, shape = [N, H, W, C])
///     y = h * w                    ──▶   d_w = sum_to(d_y * h, shape = [C])
///     loss l = mean(y)                   …
///
/// Source: Griewank and Walther, "Evaluating Derivatives" (2008), section 3.2.
public struct Differentiation: Sendable {
    /// The forward graph and the gradients of its weights.
    public internal(set) var builder: GraphBuilder
    /// For each weight in order, the derivative of the loss by it; nil where the loss does not depend
    /// on the weight.
    public let gradients: [WeightGradient]

    /// The derivative of the loss by one weight.
    public struct WeightGradient: Hashable, Sendable {
        /// The weight.
        public var weight: ValueID
        /// The weight's path.
        public var path: String
        /// The derivative, of the weight's shape; nil where the loss does not depend on it.
        public var gradient: ValueID?
    }

    /// Differentiates a graph's loss.
    ///
    /// - Throws: ``NodeError`` when there is not one loss, it is no f32 scalar, it depends on no weight,
    ///   or an op on the way states no gradient that fits.
    public init(_ forward: Graph) throws(NodeError) {
        (builder, gradients) = try BackwardPass(forward).pruned()
        guard gradients.contains(where: { $0.gradient != nil }) else {
            let loss = forward[try forward.onlyLoss()]
            throw .nothingToTrain(graph: forward.name, at: loss.place)
        }
    }
}

extension Graph {
    /// What names of outputs begin with that are gradients, before the weight's path.
    public static let gradientPrefix = "gradient."

    /// This graph with the derivative of its loss by each weight as an output `gradient.<path>`; zeros
    /// for weights that the loss does not depend on.
    public func withGradientOutputs() throws(NodeError) -> Graph {
        let differentiation = try Differentiation(self)
        var builder = differentiation.builder
        for entry in differentiation.gradients {
            let weight = builder.graph[entry.weight]
            do throws(OpError) {
                let gradient = if let gradient = entry.gradient { gradient } else { try builder.zeros(like: weight) }
                builder.setOutput(Self.gradientPrefix + entry.path, gradient)
            } catch {
                throw .op(error, at: weight.place)
            }
        }
        return builder.graph.normalized()
    }

    /// The one loss of a graph that is to be differentiated.
    fileprivate func onlyLoss() throws(NodeError) -> ValueID {
        let losses = measures.filter { $0.role == .loss }
        guard let loss = losses.first, losses.count == 1 else { throw .losses(losses.map(\.name), of: name) }
        let node = self[loss.value]
        guard node.type == .scalar else { throw .lossNotScalar(loss.name, node.type, at: node.place) }
        return loss.value
    }
}

/// The walk from the loss back to the weights.
private struct BackwardPass {
    let forward: Graph
    /// The forward graph and whatever the ops' gradient rules appended.
    var builder: GraphBuilder
    /// What the final graph calls the nodes that are gradients.
    var names: [ValueID: String] = [:]
    var gradients: [Differentiation.WeightGradient] = []
    /// The parts of each value's gradient, and the operation that each came through.
    private var parts: [ValueID: [(gradient: ValueID, via: ValueID)]] = [:]

    init(_ graph: Graph) throws(NodeError) {
        builder = GraphBuilder(copyOf: graph)
        forward = builder.graph
        let loss = try forward.onlyLoss()
        let dependsOnWeight = forward.dependsOnWeight
        var total: [ValueID: ValueID] = [:]
        for id in forward.ids.reversed() where dependsOnWeight[id.index] {
            let node = forward[id]
            builder.origin = node.origin
            do throws(OpError) {
                let gradient = id == loss ? builder.constant(1) : try sumOfParts(of: id)
                total[id] = gradient
                if let gradient, let operation = node.operation {
                    let operandGradients = try operation.op.definition.gradient(
                        of: OpUse(operands: operation.operands, result: id, attributes: operation.attributes),
                        outputGradient: gradient, in: &builder)
                    for (operand, part) in zip(operation.operands, operandGradients) {
                        guard let part, dependsOnWeight[operand.index] else { continue }
                        parts[operand, default: []].append((part, id))
                    }
                }
            } catch {
                throw .op(error, at: node.place)
            }
        }
        for id in forward.ids {
            guard case .weight(let path, _) = forward[id].content else { continue }
            gradients.append(.init(weight: id, path: path, gradient: total[id]))
        }
    }

    /// The gradient of a value that all its readers have been asked about.
    private mutating func sumOfParts(of id: ValueID) throws(OpError) -> ValueID? {
        guard let parts = parts[id], var sum = parts.first?.gradient else { return nil }
        let name = "d_\(forward[id].name)"
        if parts.count > 1 {
            for part in parts where names[part.gradient] == nil && part.gradient.index >= forward.nodes.count {
                names[part.gradient] = "\(name)_via_\(forward[part.via].name)"
            }
        }
        for part in parts.dropFirst() { sum = try builder.apply(.add, [sum, part.gradient]) }
        if names[sum] == nil, sum.index >= forward.nodes.count { names[sum] = name }
        return sum
    }

    /// The forward graph and of what was appended only what some weight's gradient needs, with the
    /// gradients' names.
    func pruned() -> (GraphBuilder, [Differentiation.WeightGradient]) {
        let graph = builder.graph
        let isNeeded = graph.isNeeded(for: gradients.compactMap(\.gradient))
        var rewriter = GraphRewriter(graph)
        for id in graph.ids where id.index < forward.nodes.count || isNeeded[id.index] {
            // Temporaries of the gradient rules are numbered anew, without the gaps of what fell away.
            let isAppended = id.index >= forward.nodes.count && graph[id].operation != nil
            rewriter.copy(id, named: isAppended ? names[id] ?? TemporaryNames.base : nil)
        }
        rewriter.builder.setResults(like: forward, at: rewriter.place)
        let moved = gradients.map { entry in
            var entry = entry
            entry.weight = rewriter.place(of: entry.weight)
            entry.gradient = entry.gradient.map(rewriter.place)
            return entry
        }
        return (rewriter.builder, moved)
    }
}

extension Graph {
    /// For each node, whether changing some weight can change it.
    fileprivate var dependsOnWeight: [Bool] {
        var depends: [Bool] = []
        for node in nodes {
            if case .weight = node.content {
                depends.append(true)
            } else {
                depends.append(node.operands.contains { depends[$0.index] })
            }
        }
        return depends
    }
}

extension GraphBuilder {
    fileprivate mutating func zeros(like node: Node) throws(OpError) -> ValueID {
        try apply(.broadcast, [constant(0)], Reduction.shape(node.type.shape), named: "d_\(node.name)")
    }

    /// Begins with a graph's nodes and results, but for groups.
    fileprivate init(copyOf graph: Graph) {
        var graph = graph
        graph.groups = []
        var rewriter = GraphRewriter(graph)
        for id in graph.ids { rewriter.copy(id) }
        rewriter.builder.setResults(like: graph, at: rewriter.place)
        self = rewriter.builder
    }
}
