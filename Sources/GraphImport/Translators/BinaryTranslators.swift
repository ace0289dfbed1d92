import GraphIR
import GraphInterchange

/// Arithmetic on two operands, or on several one after another.
let binaryTranslators: [String: Translator] = [
    "Add": binary(.add, { $0 + $1 }, { $0 + $1 }),
    "Sub": binary(.subtract, { $0 - $1 }, { $0 - $1 }),
    "Mul": binary(.multiply, { $0 * $1 }, { $0 * $1 }),
    "Div": { (translation, node) throws(TranslationError) in
        guard translation.isWhole(node, 0), !translation.areKnown(node) else { return try division(&translation, node) }
        let (dividend, divisor, order) = try translation.aligned(node)
        let quotient = try translation.apply(.divide, [dividend, divisor])
        translation.set(node, Translation.Placed(id: try translation.towardsZero(quotient), order: order))
    },
    "Pow": { (translation, node) throws(TranslationError) in
        let (base, exponent, order) = try translation.aligned(node)
        var value = base
        switch translation.builder.graph[exponent].content {
        case .constant(2): value = try translation.apply(.multiply, [base, base])
        case .constant(1): break
        case .constant(0.5): value = try translation.apply(.sqrt, [base])
        default: value = try translation.apply(.power, [base, exponent])
        }
        // Whole numbers of floating exponents lose their fractions.
        if translation.isWhole(node, 0), !translation.isWhole(node, 1) { value = try translation.towardsZero(value) }
        translation.set(node, Translation.Placed(id: value, order: order))
    },
    "Less": binary(.less, { $0 < $1 ? 1 : 0 }, decided(by: <)),
    "LessOrEqual": binary(.lessOrEqual, { $0 <= $1 ? 1 : 0 }, decided(by: <=)),
    "Greater": binary(.less, { $0 < $1 ? 1 : 0 }, decided(by: <), isTurned: true),
    "GreaterOrEqual": binary(.lessOrEqual, { $0 <= $1 ? 1 : 0 }, decided(by: <=), isTurned: true),
    "Equal": binary(
        .equal, { $0 == $1 ? 1 : 0 },
        { left, right in
            switch left.compared(to: right) {
            case .equal: Size(1)
            case .different: Size(0)
            case .undecided: nil
            }
        }),
    "Where": { (translation, node) throws(TranslationError) in
        guard node.inputs.count == 3 else { throw .node(.operandIsMissing(2)) }
        if translation.areKnown(node) {
            let condition = try translation.neededKnown(node, 0)
            // A condition that is one number, or one for each element of its choices.
            let yes = try combined(
                condition, try translation.neededKnown(node, 1), { $0 != 0 ? $1 : 0 }, { $0 != Size(0) ? $1 : Size(0) })
            let no = try combined(
                condition, try translation.neededKnown(node, 2), { $0 == 0 ? $1 : 0 }, { $0 == Size(0) ? $1 : Size(0) })
            return translation.set(node, known: try combined(yes, no, { $0 + $1 }, { $0 + $1 }))
        }
        let order = try translation.commonOrder(node)
        var operands: [ValueID] = []
        for index in 0..<3 { operands.append(try translation.aligned(node, index, to: order)) }
        translation.set(node, Translation.Placed(id: try translation.apply(.select, operands), order: order))
    },
    // Truth values are 1 and 0.
    "And": binary(.multiply, { $0 != 0 && $1 != 0 ? 1 : 0 }, { $0 == Size(0) || $1 == Size(0) ? Size(0) : Size(1) }),
    "Or": binary(.maximum, { $0 != 0 || $1 != 0 ? 1 : 0 }, { $0 == Size(0) && $1 == Size(0) ? Size(0) : Size(1) }),
    "Xor": { (translation, node) throws(TranslationError) in
        let (a, b, order) = try translation.aligned(node)
        let isEqual = try translation.apply(.equal, [a, b])
        let y = try translation.apply(.subtract, [translation.builder.constant(1), isEqual])
        translation.set(node, Translation.Placed(id: y, order: order))
    },
    "Max": { (translation, node) throws(TranslationError) in
        try translation.fold(node, by: .maximum, { max($0, $1) }, chosen(by: max))
    },
    "Min": { (translation, node) throws(TranslationError) in
        try translation.fold(node, by: .minimum, { min($0, $1) }, chosen(by: min))
    },
    "Sum": { (translation, node) throws(TranslationError) in try translation.fold(node, by: .add, { $0 + $1 }, { $0 + $1 }) },
    "Mean": { (translation, node) throws(TranslationError) in
        try translation.fold(node, by: .add, { $0 + $1 }, { $0 + $1 })
        guard let output = node.outputs.first, case .placed(let sum) = translation.values[output] else {
            throw .node(.operandIsNotKnown(0))
        }
        let count = translation.builder.constant(Double(node.inputs.count))
        translation.set(node, Translation.Placed(id: try translation.apply(.divide, [sum.id, count]), order: sum.order))
    },
]

private let division = binary(
    .divide, { $0 / $1 },
    { dividend, divisor in
        guard let divisor = divisor.constant, divisor > 0 else { return nil }
        // Whole numbers of ONNX lose their fractions towards zero; sizes are not negative.
        if let dividend = dividend.constant { return Size(dividend / divisor) }
        return dividend.floorDivided(by: divisor)
    })

private func binary(
    _ op: OpName, _ floats: @escaping @Sendable (Float, Float) -> Float, _ sizes: @escaping @Sendable (Size, Size) -> Size?,
    isTurned: Bool = false
) -> Translator {
    let neutral: Double? = op == .multiply || op == .divide ? 1 : op == .add || op == .subtract ? 0 : nil
    return { (translation, node) throws(TranslationError) in
        guard node.inputs.count == 2 else { throw .node(.operandIsMissing(1)) }
        guard translation.areKnown(node) else {
            var (left, right, order) = try translation.aligned(node)
            if isTurned { swap(&left, &right) }
            // What scales by 1 or moves by 0 is left by exporters where a network has such a setting.
            if case .constant(let number) = translation.builder.graph[right].content, number == neutral {
                return translation.set(node, Translation.Placed(id: left, order: order))
            }
            return translation.set(node, Translation.Placed(id: try translation.apply(op, [left, right]), order: order))
        }
        let operands = (try translation.neededKnown(node, 0), try translation.neededKnown(node, 1))
        let (left, right) = isTurned ? (operands.1, operands.0) : operands
        translation.set(node, known: try combined(left, right, floats, sizes))
    }
}

/// A comparison of sizes that depend on nothing.
private func decided(by isTrue: @escaping @Sendable (Int, Int) -> Bool) -> @Sendable (Size, Size) -> Size? {
    { left, right in
        guard let left = left.constant, let right = right.constant else { return nil }
        return Size(isTrue(left, right) ? 1 : 0)
    }
}

/// One of two sizes that depend on nothing.
private func chosen(by choice: @escaping @Sendable (Int, Int) -> Int) -> @Sendable (Size, Size) -> Size? {
    { left, right in
        guard let left = left.constant, let right = right.constant else { return left == right ? left : nil }
        return Size(choice(left, right))
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
        guard let name = input(node, index) else { throw .node(.operandIsMissing(index)) }
        switch values[name] {
        case .known(let numbers): return try constant(named: name, numbers, alignedTo: order)
        case .placed(let placed):
            if placed.order == order { return placed.id }
            // One of fewer dimensions stands at the last ones of the file's value.
            let missing = order.count - placed.order.count
            guard missing >= 0 else { throw .node(.broadcast) }
            if missing == 0 { return try arranged(placed, order) }
            let aligned = placed.order.map { $0 + missing }
            if Array(order.suffix(aligned.count)) == aligned { return placed.id }
            let plain = try arranged(placed, Array(0..<placed.order.count))
            let shape = Array(repeating: Size(1), count: missing) + builder.type(of: plain).shape.dimensions
            return try arranged(Placed(id: try reshaped(plain, shape), order: Array(order.indices)), order)
        case .missing, nil: throw .node(.operandIsMissing(index))
        }
    }

    /// Numbers of the file as a constant, or as a weight that broadcasts to a value whose dimensions lie in an order.
    mutating func constant(
        named name: String, _ numbers: KnownNumbers, alignedTo order: [Int], initializer: Initializer = .zeros
    ) throws(TranslationError) -> ValueID {
        if numbers.isConstant, numbers.count <= 1 << 16 {
            let floats = try numbers.floats()
            if let first = floats.first, first.isFinite, floats.allSatisfy({ $0 == first }) {
                return builder.constant(Double(decimal: first))
            }
        }
        guard numbers.shape.count <= order.count else { throw .node(.broadcast) }
        let padded = try numbers.reshaped(Array(repeating: 1, count: order.count - numbers.shape.count) + numbers.shape)
        let turned = try padded.permuted(order)
        let shape = Array(turned.shape.drop { $0 == 1 })
        // A few numbers that nobody trains, as a mean colour, stand in the text.
        if numbers.isConstant, numbers.count <= 4, initializer == .zeros {
            let values = try turned.floats()
            if values.allSatisfy(\.isFinite) {
                let table = NumberTable(shape: shape, values: values.map { Double(decimal: $0) })
                return try apply(.table, [], Attributes(["values": .table(table)]))
            }
        }
        return try weight(named: name, try turned.reshaped(shape), form: "\(order)", initializer: initializer)
    }

    /// Combines all operands, one after another.
    mutating func fold(
        _ node: ForeignNode, by op: OpName, _ floats: (Float, Float) -> Float, _ sizes: (Size, Size) -> Size?
    ) throws(TranslationError) {
        guard (1...256).contains(node.inputs.count) else { throw .node(.operandIsMissing(0)) }
        guard !areKnown(node) else {
            var result = try neededKnown(node, 0)
            for index in node.inputs.indices.dropFirst() {
                result = try combined(result, try neededKnown(node, index), floats, sizes)
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
