import GraphIR
import GraphInterchange

/// Arithmetic on two operands, or on several one after another.
let binaryTranslators: [String: Translator] = [
    "Add": binary(.add, { $0 + $1 }, { $0 + $1 }),
    "Sub": binary(.subtract, { $0 - $1 }, { $0 - $1 }),
    "Mul": binary(.multiply, { $0 * $1 }, { $0 * $1 }),
    "Div": binary(
        .divide, { $0 / $1 },
        { dividend, divisor in
            guard let divisor = divisor.constant, divisor > 0 else { return nil }
            // Whole numbers of ONNX lose their fractions towards zero; sizes are not negative.
            if let dividend = dividend.constant { return Size(dividend / divisor) }
            return dividend.floorDivided(by: divisor)
        }),
    "Sum": { (translation, node) throws(TranslationError) in try translation.fold(node, by: .add) { $0 + $1 } },
]

private func binary(
    _ op: OpName, _ floats: @escaping @Sendable (Float, Float) -> Float, _ sizes: @escaping @Sendable (Size, Size) -> Size?
) -> Translator {
    let neutral: Double = op == .multiply || op == .divide ? 1 : 0
    return { (translation, node) throws(TranslationError) in
        guard node.inputs.count == 2 else { throw .node(.operandIsMissing(1)) }
        guard translation.areKnown(node) else {
            let (left, right, order) = try translation.aligned(node)
            // What scales by 1 or moves by 0 is left by exporters where a network has such a setting.
            if case .constant(let number) = translation.builder.graph[right].content, number == neutral {
                return translation.set(node, Translation.Placed(id: left, order: order))
            }
            return translation.set(node, Translation.Placed(id: try translation.apply(op, [left, right]), order: order))
        }
        let left = try translation.neededKnown(node, 0), right = try translation.neededKnown(node, 1)
        translation.set(node, known: try combined(left, right, floats, sizes))
    }
}

/// What an op makes of two operands that are known.
func combined(
    _ left: KnownNumbers, _ right: KnownNumbers, _ floats: (Float, Float) -> Float, _ sizes: (Size, Size) -> Size?
) throws(TranslationError) -> KnownNumbers {
    guard let shape = KnownNumbers.commonShape(left.shape, right.shape) else { throw .node(.broadcast) }
    try KnownNumbers.checkCount(shape)
    guard let leftPlaces = KnownNumbers.places(of: left.shape, broadcastTo: shape),
        let rightPlaces = KnownNumbers.places(of: right.shape, broadcastTo: shape)
    else { throw .node(.broadcast) }
    if left.isFloat || right.isFloat {
        let (a, b) = (try left.floats(), try right.floats())
        return KnownNumbers(shape: shape, floats: zip(leftPlaces, rightPlaces).map { floats(a[$0], b[$1]) })
    }
    let (a, b) = (try left.sizes(), try right.sizes())
    var results: [Size] = []
    for (leftPlace, rightPlace) in zip(leftPlaces, rightPlaces) {
        guard let result = sizes(a[leftPlace], b[rightPlace]) else { throw .node(.symbolicSize) }
        results.append(result)
    }
    return KnownNumbers(shape: shape, sizes: results)
}

extension Translation {
    /// The two operands of a node so that they broadcast in the graph as they do in the file, and the order of the result.
    mutating func aligned(_ node: ForeignNode) throws(TranslationError) -> (ValueID, ValueID, order: [Int]) {
        let order = try commonOrder(node)
        return (try aligned(node, 0, to: order), try aligned(node, 1, to: order), order)
    }

    /// The order in which the result of an operation on a node's operands lies: that of the one of most dimensions.
    func commonOrder(_ node: ForeignNode) throws(TranslationError) -> [Int] {
        var order: [Int]?
        var knownRank = 0
        for (index, name) in node.inputs.enumerated() {
            switch values[name] {
            case .placed(let placed):
                if placed.order.count > order?.count ?? -1 { order = placed.order }
            case .known(let numbers): knownRank = max(knownRank, numbers.shape.count)
            case .missing, nil: throw .node(.operandIsMissing(index))
            }
        }
        guard let order else { return Placed.order(rank: knownRank) }
        guard knownRank <= order.count else { throw .node(.broadcast) }
        return order
    }

    /// An operand that broadcasts to a value whose dimensions lie in an order.
    mutating func aligned(_ node: ForeignNode, _ index: Int, to order: [Int]) throws(TranslationError) -> ValueID {
        let name = node.inputs[index]
        switch values[name] {
        case .known(let numbers): return try constant(named: name, numbers, alignedTo: order)
        case .placed(let placed):
            if placed.order == order { return placed.id }
            // One of fewer dimensions stands at the last ones of the file's value, which must lie last here, too.
            let missing = order.count - placed.order.count
            let aligned = placed.order.map { $0 + missing }
            let shape = builder.type(of: placed.id).shape.dimensions
            let isOne = shape.allSatisfy { $0.constant == 1 }
            guard missing > 0, isOne || Array(order.suffix(aligned.count)) == aligned else { throw .node(.layout) }
            return placed.id
        case .missing, nil: throw .node(.operandIsMissing(index))
        }
    }

    /// Numbers of the file as a constant, or as a weight that broadcasts to a value whose dimensions lie in an order.
    mutating func constant(
        named name: String, _ numbers: KnownNumbers, alignedTo order: [Int], initializer: Initializer = .zeros
    ) throws(TranslationError) -> ValueID {
        if numbers.count == 1 || numbers.count <= 1 << 16 {
            let floats = try numbers.floats()
            if let first = floats.first, first.isFinite, floats.allSatisfy({ $0 == first }) {
                return builder.constant(Double(decimal: first))
            }
        }
        let padded = try numbers.reshaped(Array(repeating: 1, count: order.count - numbers.shape.count) + numbers.shape)
        let turned = try padded.permuted(order)
        let shape = Array(turned.shape.drop { $0 == 1 })
        return try weight(named: name, try turned.reshaped(shape), form: "\(order)", initializer: initializer)
    }

    /// Combines all operands, one after another.
    mutating func fold(
        _ node: ForeignNode, by op: OpName, _ floats: (Float, Float) -> Float
    ) throws(TranslationError) {
        guard !node.inputs.isEmpty else { throw .node(.operandIsMissing(0)) }
        guard !areKnown(node) else {
            var result = try neededKnown(node, 0)
            for index in node.inputs.indices.dropFirst() {
                result = try combined(result, try neededKnown(node, index), floats) { _, _ in nil }
            }
            return set(node, known: result)
        }
        let order = try commonOrder(node)
        var result = try aligned(node, 0, to: order)
        for index in node.inputs.indices.dropFirst() {
            result = try apply(op, [result, try aligned(node, index, to: order)])
        }
        set(node, Placed(id: result, order: order))
    }
}

extension Double {
    /// The shortest decimal number that is this one as float32: `0.1`, where the float is a little more.
    init(decimal float: Float) { self = Double("\(float)") ?? Double(float) }
}
