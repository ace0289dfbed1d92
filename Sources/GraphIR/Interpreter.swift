/// Runs any graph by the reference implementations of its ops, one node after another: the oracle for
/// everything that computes the same faster.
///
/// With `Float` every node's value is rounded to single precision, as the runtime's are; with `Double`
/// derivatives can be compared with difference quotients.
public struct Interpreter<Scalar: EvaluationScalar>: Sendable {
    /// What one run computed.
    public struct Results: Sendable {
        /// The outputs by name.
        public var outputs: [String: Tensor<Scalar>] = [:]
        /// Losses and metrics by name.
        public var measures: [String: Scalar] = [:]
        /// New values of weights and states, by path.
        public var updates: [String: Tensor<Scalar>] = [:]
        /// Every node's value by its index, when asked for; zeros for what no result needs.
        public var trace: [Tensor<Scalar>] = []

        /// Nothing computed yet.
        public init() {}
    }

    /// An interpreter keeps nothing between runs.
    public init() {}

    /// Computes a graph's outputs, measures and updates. Groups make no difference.
    ///
    /// - Parameters:
    ///   - inputs: by name; their shapes decide the symbolic sizes. Elements of u8 inputs are whole
    ///     numbers 0…255.
    ///   - weights: weights and states by path: those that results need.
    ///   - scalars: by name.
    ///   - keepsTrace: whether ``Results/trace`` is filled.
    ///   - byteLimit: of the values that are held at one time, as elements of f32.
    ///   - stopsAtNonFinite: whether to end with an error at the first node that holds infinities or NaN
    ///     although its operands hold none. A scalar may be infinite.
    /// - Throws: ``NodeError`` for an operand that is missing or has the wrong shape or elements, and for
    ///   sizes that some op rejects.
    public func run(
        _ graph: Graph, inputs: [String: Tensor<Scalar>] = [:], weights: [String: Tensor<Scalar>] = [:],
        scalars: [String: Scalar] = [:], byteLimit: Int = .max, keepsTrace: Bool = false, stopsAtNonFinite: Bool = false
    ) throws(NodeError) -> Results {
        let sizes = try graph.sizes(fromInputShapes: inputs.mapValues(\.shape))
        let graph = try graph.bound(to: sizes)
        let lastReaders = keepsTrace ? [:] : graph.lastReaders
        let isNeeded = graph.isNeeded(for: graph.roots)
        var values: [Tensor<Scalar>?] = []
        var heldByteCount = 0
        func byteCount(_ node: Node) -> Int { ElementType.f32.byteCount * (node.type.shape.constant?.elementCount ?? 0) }
        var isFinite: [Bool] = []
        for (index, node) in graph.nodes.enumerated() {
            guard let shape = node.type.shape.constant else { throw .unboundType(node.type, at: node.place) }
            // Nothing is asked for that no result needs, such as a weight that is declared and never read.
            guard isNeeded[index] || node.content == .input else {
                values.append(keepsTrace ? Tensor(shape: shape, repeating: 0) : nil)
                isFinite.append(true)
                continue
            }
            heldByteCount += byteCount(node)
            guard heldByteCount <= byteLimit else { throw .tooMuchMemory(byteLimit: byteLimit, at: node.place) }
            switch node.content {
            case .input: values.append(try supplied(inputs[node.name], to: node, shape, as: .input(node.name)))
            case .weight(let path, _):
                values.append(try supplied(weights[path], to: node, shape, as: .weight(path: path)))
            case .state(let path, _):
                values.append(try supplied(weights[path], to: node, shape, as: .state(path: path)))
            case .scalar:
                let value = scalars[node.name].map(Tensor.scalar)
                values.append(try supplied(value, to: node, shape, as: .scalar(node.name)))
            case .constant(let number): values.append(.scalar(Scalar(number)))
            case .operation(let operation):
                guard operation.attributes.symbols.isEmpty else { throw .unboundAttribute(at: node.place) }
                let operands = operation.operands.compactMap { values[$0.index] }
                values.append(
                    operation.op.definition.evaluate(operands, operation.attributes, resultShape: shape))
                for operand in Set(operation.operands) where lastReaders[operand] == index {
                    values[operand.index] = nil
                    heldByteCount -= byteCount(graph[operand])
                }
            }
            guard stopsAtNonFinite else { continue }
            isFinite.append(values[index]?.values.allSatisfy(\.isFinite) ?? true)
            if !isFinite[index], node.content != .scalar, node.operands.allSatisfy({ isFinite[$0.index] }) {
                throw .notFinite(node.sourceOfNonFinite, at: node.place)
            }
        }
        return graph.results(from: values, keepsTrace: keepsTrace)
    }

    /// For every jump of a derivative in the graph, the side of it that a run was on: where two runs
    /// differ, their difference quotient says nothing about a derivative.
    ///
    /// - Parameter trace: of a run of the same graph.
    public func kinkSides(_ graph: Graph, trace: [Tensor<Scalar>]) -> [Int8] {
        graph.nodes.flatMap { node -> [Int8] in
            guard let operation = node.operation else { return [] }
            return operation.op.definition.kinkSides(operation.operands.map { trace[$0.index] }, operation.attributes)
        }
    }

    private func supplied(
        _ tensor: Tensor<Scalar>?, to node: Node, _ shape: [Int], as argument: NodeError.Argument
    ) throws(NodeError) -> Tensor<Scalar> {
        guard let tensor else { throw .missing(argument, node.type, at: node.place) }
        guard tensor.shape == shape else { throw .shape(argument, node.type, found: tensor.shape, at: node.place) }
        let isByte = { (x: Scalar) in x >= 0 && x <= 255 && x == x.rounded() }
        guard node.type.element != .u8 || tensor.values.allSatisfy(isByte) else {
            throw .notBytes(argument, at: node.place)
        }
        return tensor
    }
}

extension Graph {
    /// For each value that only operations read, the index of the last one that does.
    fileprivate var lastReaders: [ValueID: Int] {
        var readers: [ValueID: Int] = [:]
        for (index, node) in nodes.enumerated() {
            for operand in node.operands { readers[operand] = index }
        }
        for kept in outputs.map(\.value) + measures.map(\.value) + updates.map(\.value) { readers[kept] = nil }
        return readers
    }

    fileprivate func results<Scalar>(
        from values: [Tensor<Scalar>?], keepsTrace: Bool
    ) -> Interpreter<Scalar>.Results {
        var results = Interpreter<Scalar>.Results()
        for output in outputs { results.outputs[output.name] = values[output.value.index] }
        for measure in measures { results.measures[measure.name] = values[measure.value.index]?.values[0] }
        for update in updates {
            guard let path = self[update.target].path else { continue }
            results.updates[path] = values[update.value.index]
        }
        if keepsTrace { results.trace = values.compactMap(\.self) }
        return results
    }
}

extension Node {
    /// Where a weight or state is found.
    public var path: String? {
        switch content {
        case .weight(let path, _), .state(let path, _): path
        case .input, .scalar, .constant, .operation: nil
        }
    }

    /// For a node in which infinities or NaN first appear.
    fileprivate var sourceOfNonFinite: NodeError.NonFinite {
        switch content {
        case .operation(let operation): .op(operation.op)
        case .weight(let path, _), .state(let path, _): .tensor(path: path)
        case .input, .scalar, .constant: .number
        }
    }
}
