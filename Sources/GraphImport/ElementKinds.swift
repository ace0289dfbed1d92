import GraphIR
import GraphInterchange

/// What elements of the file's values are. In the graph all are f32 but bytes.
extension Translation {
    private static let comparisons: Set<String> = [
        "Less", "LessOrEqual", "Greater", "GreaterOrEqual", "Equal", "Not", "And", "Or", "Xor", "IsNaN", "IsInf",
    ]

    /// What elements of a node's results are: those of its first operand, unless the op decides.
    func resultElement(_ node: ForeignNode) throws(TranslationError) -> ForeignElement {
        func operand(_ index: Int) -> ForeignElement { input(node, index).flatMap { elements[$0] } ?? .f32 }
        if Self.comparisons.contains(node.op) { return .bool }
        switch node.op {
        case "Cast": return try castElement(node)
        case "CastLike", "Where": return operand(1)
        case "Shape", "Size": return .i64
        case "ConstantOfShape":
            if case .tensor(let tensor) = node.attributes["value"] { return tensor.element }
            return .f32
        default: return operand(0)
        }
    }

    func castElement(_ node: ForeignNode) throws(TranslationError) -> ForeignElement {
        if node.op == "CastLike" { return input(node, 1).flatMap { elements[$0] } ?? .f32 }
        let number = try node.integer("to", 1)
        guard let element = ForeignElement(onnx: number) else { throw .node(.attribute("to", "\(number)")) }
        return element
    }

    /// Whether elements of an operand are whole numbers in the file.
    func isWhole(_ node: ForeignNode, _ index: Int) -> Bool {
        guard let element = input(node, index).flatMap({ elements[$0] }) else { return false }
        return !element.isFloat && element != .bool
    }

    /// A cast, by the elements that it makes.
    mutating func translateCast(_ node: ForeignNode) throws(TranslationError) {
        let element = try castElement(node)
        if areKnown(node) || node.op == "CastLike", let name = input(node, 0), case .known(let numbers) = values[name] {
            return set(node, known: try cast(numbers, to: element))
        }
        let x = try placed(node, 0)
        let from = input(node, 0).flatMap { elements[$0] } ?? .f32
        let isByte = builder.type(of: x.id).element == .u8
        if element == .u8 {
            guard !isByte else { return try pass(node) }
            return set(node, Placed(id: try apply(.castToU8, [x.id]), order: x.order))
        }
        var y = isByte ? try apply(.castToF32, [x.id]) : x.id
        if element == .bool {
            if from != .bool, !builder.graph[x.id].isTruth {
                let isZero = try apply(.equal, [y, builder.constant(0)])
                y = try apply(.subtract, [builder.constant(1), isZero])
            }
        } else if !element.isFloat, from.isFloat {
            y = try towardsZero(y)
        }
        // Halves run as f32.
        set(node, Placed(id: y, order: x.order))
    }

    private func cast(_ numbers: KnownNumbers, to element: ForeignElement) throws(TranslationError) -> KnownNumbers {
        if element == .bool {
            let truths = try numbers.isFloat ? numbers.floats().map { $0 != 0 } : numbers.sizes().map { $0 != Size(0) }
            return KnownNumbers(shape: numbers.shape, sizes: truths.map { Size($0 ? 1 : 0) })
        }
        if element.isFloat == numbers.isFloat { return numbers }
        return element.isFloat
            ? KnownNumbers(shape: numbers.shape, floats: try numbers.floats())
            : KnownNumbers(shape: numbers.shape, sizes: try numbers.sizes())
    }

    /// The whole number next to each element on the side of zero.
    mutating func towardsZero(_ x: ValueID) throws(TranslationError) -> ValueID {
        let isNegative = try apply(.less, [x, builder.constant(0)])
        let down = try apply(.floor, [x])
        let up = try apply(.negate, [try apply(.floor, [try apply(.negate, [x])])])
        return try apply(.select, [isNegative, up, down])
    }
}

extension Node {
    /// Whether its elements are 0 and 1 alone, as those of a comparison are.
    fileprivate var isTruth: Bool {
        guard let op = operation?.op else { return false }
        return op == .less || op == .lessOrEqual || op == .equal
    }
}
