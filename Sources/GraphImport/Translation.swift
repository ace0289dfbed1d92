import GraphIR
import GraphInterchange
import GraphPack

/// A network of another program on its way into a graph.
///
/// Node after node, each by the translator of its op. What can be computed from numbers of the file and from shapes is
/// computed here, so that no arithmetic on shapes is left. Images lie as `[N, H, W, C]` in the graph and are `[N, C, H, W]`
/// in the file: a value remembers in which order its dimensions lie, so that a transpose is no operation.
struct Translation {
    /// A value of the graph, and for each of its dimensions the one of the file's value that it is.
    struct Placed: Hashable {
        var id: ValueID
        var order: [Int]

        /// The order of images.
        static let image = [0, 2, 3, 1]

        /// As images lie where there are four dimensions, and as in the file else.
        static func order(rank: Int) -> [Int] { rank == 4 ? image : Array(0..<rank) }
    }

    enum Value {
        case known(KnownNumbers)
        case placed(Placed)
        /// What a node makes that was not translated.
        case missing
    }

    var builder: GraphBuilder
    /// By the names of the file.
    var values: [String: Value] = [:]
    /// By their paths.
    private(set) var weights: [PackedTensor] = []
    private(set) var unsupported: [UnsupportedNodes] = []
    /// What elements are in the file, by the names of values. Whole numbers and truth values run as f32.
    var elements: [String: ForeignElement] = [:]
    /// The version of ONNX's ops.
    let opset: Int

    /// How many weights there are.
    var weightCount: Int { weights.count }

    private var names = NameMaker()
    /// Numbers that were computed here, of all nodes.
    private var computedCount = 0
    private static let computedLimit = 1 << 24
    /// Numbers of the file that were read to compute others.
    private var readCount = 0
    private static let readLimit = 1 << 28
    /// More kinds of nodes are not told of.
    private static let unsupportedLimit = 50
    /// Weights that are in the graph, by the name of what they were made of and how.
    private var weightValues: [String: ValueID] = [:]

    init(name: String, _ model: ForeignModel) {
        builder = GraphBuilder(name: name)
        // ncnn's layers are written in the words of this version.
        opset = if case .onnx(let opset) = model.format { opset } else { 18 }
        for (name, tensor) in model.tensors {
            values[name] = .known(KnownNumbers(tensor))
            elements[name] = tensor.element
        }
        for input in model.inputs { elements[input.name] = input.element }
    }

    /// Translates a node, or notes why it cannot be.
    mutating func translate(_ node: ForeignNode) throws(InterchangeError) {
        let isWaiting = node.inputs.contains { if case .missing = values[$0] { true } else { false } }
        do throws(TranslationError) {
            guard let translator = translators[node.op], !isWaiting else { throw .node(Self.absence(of: node)) }
            guard computedCount <= Self.computedLimit || !areKnown(node) else { throw .node(.tooManyNumbers) }
            guard builder.graph.nodes.count <= Graph.mostWrittenValues else { throw .node(.tooManyOperations) }
            try countReading(node)
            let element = try resultElement(node)
            for output in node.outputs { elements[output] = element }
            try translator(&self, try withOperandAtItsAxis(node))
            for case .known(let numbers) in node.outputs.compactMap({ values[$0] }) {
                computedCount += numbers.computedCount
                try numbers.checkComplexity()
            }
        } catch {
            switch error {
            case .interchange(let error): throw error
            case .node(let reason):
                for output in node.outputs { values[output] = .missing }
                // What only follows from another node is not told.
                if !isWaiting { note(node, reason) }
                if isWaiting, translators[node.op] == nil { note(node, Self.absence(of: node)) }
            }
        }
    }

    /// A node as since version 7, before which the second operand stood where the argument says, and not behind the last
    /// dimensions: dimensions of one element follow it there.
    private mutating func withOperandAtItsAxis(_ node: ForeignNode) throws(TranslationError) -> ForeignNode {
        guard opset < 7, node.attributes["broadcast"] == .integer(1), case .integer(let given) = node.attributes["axis"],
            node.inputs.count == 2
        else { return node }
        let rank = try shape(node, 0).count
        let operand = try shape(node, 1)
        let axis = try axis(given, rank: rank)
        guard axis + operand.count <= rank else { throw .node(.broadcast) }
        let ones = Array(repeating: Size(1), count: rank - axis - operand.count)
        if ones.isEmpty { return node }
        // No name of the file holds a line's end.
        let (shapeName, name) = ("\(node.inputs[1])\nshape", "\(node.inputs[1])\nat \(axis)")
        values[shapeName] = .known(KnownNumbers(operand + ones))
        let reshape = ForeignNode("Reshape", name: node.name, inputs: [node.inputs[1], shapeName], outputs: [name])
        try translators["Reshape"]?(&self, reshape)
        var result = node
        result.inputs[1] = name
        return result
    }

    /// Numbers of the file are read for each result that is computed of them, and not too often.
    private mutating func countReading(_ node: ForeignNode) throws(TranslationError) {
        guard areKnown(node) else { return }
        for case .known(let numbers) in node.inputs.compactMap({ values[$0] }) where numbers.isStored {
            readCount += numbers.count * node.outputs.count
        }
        guard readCount <= Self.readLimit else { throw .node(.tooManyNumbers) }
    }

    /// Why nothing computes an op: a layer of a known type names the argument that is not supported.
    private static func absence(of node: ForeignNode) -> UntranslatableReason {
        guard node.op.hasPrefix("ncnn."), case (let name, .text(let value))? = node.attributes.first else { return .op }
        return .attribute(name, value)
    }

    private mutating func note(_ node: ForeignNode, _ reason: UntranslatableReason) {
        guard let index = unsupported.firstIndex(where: { $0.op == node.op && $0.reason == reason }) else {
            guard unsupported.count < Self.unsupportedLimit else { return }
            unsupported.append(UnsupportedNodes(op: node.op, reason: reason, names: [node.shownName], count: 1))
            return
        }
        unsupported[index].count += 1
        if unsupported[index].names.count < UnsupportedNodes.shownCount { unsupported[index].names.append(node.shownName) }
    }

    // MARK: Reading values

    /// The name of an operand; nil where it is left out.
    func input(_ node: ForeignNode, _ index: Int) -> String? {
        guard node.inputs.indices.contains(index), !node.inputs[index].isEmpty else { return nil }
        return node.inputs[index]
    }

    /// An operand that is known; nil where it is left out.
    func known(_ node: ForeignNode, _ index: Int) throws(TranslationError) -> KnownNumbers? {
        guard let name = input(node, index) else { return nil }
        guard case .known(let numbers) = values[name] else { throw .node(.operandIsNotKnown(index)) }
        return numbers
    }

    /// An operand that is known and must be there.
    func neededKnown(_ node: ForeignNode, _ index: Int) throws(TranslationError) -> KnownNumbers {
        guard let numbers = try known(node, index) else { throw .node(.operandIsMissing(index)) }
        return numbers
    }

    /// Whether all operands are known, so that the node's result is.
    func areKnown(_ node: ForeignNode) -> Bool {
        node.inputs.allSatisfy { name in
            if name.isEmpty { return true }
            if case .known = values[name] { return true }
            return false
        }
    }

    /// An operand as a value of the graph. Numbers of the file become a weight.
    mutating func placed(_ node: ForeignNode, _ index: Int) throws(TranslationError) -> Placed {
        guard let name = input(node, index) else { throw .node(.operandIsMissing(index)) }
        switch values[name] {
        case .placed(let placed): return placed
        case .known(let numbers):
            let order = Placed.order(rank: numbers.shape.count)
            let id = try weight(named: name, try numbers.permuted(order), form: "\(order)")
            return Placed(id: id, order: order)
        case .missing, nil: throw .node(.operandIsMissing(index))
        }
    }

    /// An operand that is an image, as images lie.
    mutating func image(_ node: ForeignNode, _ index: Int) throws(TranslationError) -> ValueID {
        let placed = try placed(node, index)
        guard placed.order.count == 4 else { throw .node(.rank(placed.order.count)) }
        return try arranged(placed, Placed.image)
    }

    /// The sizes of an operand, in the order of the file.
    func shape(_ node: ForeignNode, _ index: Int) throws(TranslationError) -> [Size] {
        guard let name = input(node, index), let value = values[name] else { throw .node(.operandIsMissing(index)) }
        switch value {
        case .known(let numbers): return numbers.shape.map { Size($0) }
        case .placed(let placed): return shape(of: placed)
        case .missing: throw .node(.operandIsMissing(index))
        }
    }

    func shape(of placed: Placed) -> [Size] {
        let sizes = builder.type(of: placed.id).shape.dimensions
        var shape = sizes
        for (axis, dimension) in placed.order.enumerated() { shape[dimension] = sizes[axis] }
        return shape
    }

    /// An axis of the file's value, counted from the front.
    func axis(_ axis: Int, rank: Int) throws(TranslationError) -> Int {
        guard (-rank..<max(rank, 1)).contains(axis) else { throw .node(.attribute("axis", "\(axis)")) }
        return axis < 0 ? axis + rank : axis
    }

    // MARK: Making values

    /// Appends an operation.
    mutating func apply(
        _ op: OpName, _ operands: [ValueID], _ attributes: Attributes = Attributes()
    ) throws(TranslationError) -> ValueID {
        do { return try builder.apply(op, operands, attributes) } catch { throw .node(.rule(error)) }
    }

    /// Says that a node's result is a value of the graph, which gets the result's name.
    mutating func set(_ node: ForeignNode, _ placed: Placed, output: Int = 0) {
        guard node.outputs.indices.contains(output), !node.outputs[output].isEmpty else { return }
        values[node.outputs[output]] = .placed(placed)
        builder.suggest(NameMaker.valueName(node.outputs[output]), for: placed.id)
    }

    /// Says that a node's result is an image as images lie.
    mutating func set(_ node: ForeignNode, image id: ValueID, output: Int = 0) {
        set(node, Placed(id: id, order: Placed.image), output: output)
    }

    /// Says that a node's result is known.
    mutating func set(_ node: ForeignNode, known numbers: KnownNumbers, output: Int = 0) {
        guard node.outputs.indices.contains(output), !node.outputs[output].isEmpty else { return }
        values[node.outputs[output]] = .known(numbers)
    }

    /// A weight of the graph. One name in one form is one weight, however often it is read.
    ///
    /// - Parameters:
    ///   - name: of the file, from which the path is made.
    ///   - form: what was made of the numbers.
    ///   - path: what it is called, unless by the name.
    mutating func weight(
        named name: String, _ numbers: KnownNumbers, form: String, initializer: Initializer = .zeros, path: String? = nil
    ) throws(TranslationError) -> ValueID {
        let key = "\(form) \(name)"
        if let known = weightValues[key] { return known }
        let values = try numbers.floats()
        let path = names.path(for: path ?? name)
        let type = TensorType(.f32, Shape(numbers.shape.map { Size($0) }))
        do { try TensorLimits.check(type, isResult: false) } catch { throw .node(.rule(error)) }
        let last = path.split(separator: ".").last.map(String.init) ?? path
        let id = builder.declare(
            .weight(path: path, initializer: initializer), type: type, named: NameMaker.valueName(last))
        weights.append(PackedTensor(path: path, shape: numbers.shape, values: values))
        weightValues[key] = id
        return id
    }
}
