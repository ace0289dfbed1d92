import GraphIR
import GraphInterchange

/// Whole numbers in place of floats, with a step and a zero.
let quantizationTranslators: [String: Translator] = [
    "DequantizeLinear": { (translation, node) throws(TranslationError) in
        let x: Translation.Placed
        if let name = translation.input(node, 0), case .known(let numbers) = translation.values[name] {
            // Weights come as floats, so that nothing is left of it.
            let steps = try translation.steps(node, rank: numbers.shape.count)
            let zeros = steps.zeros ?? KnownNumbers(shape: [], floats: [0])
            let floats = KnownNumbers(shape: numbers.shape, floats: try numbers.floats())
            let zeroFloats = KnownNumbers(shape: zeros.shape, floats: try zeros.floats())
            let moved = try combined(floats, zeroFloats, { $0 - $1 }, { _, _ in nil })
            return translation.set(node, known: try combined(moved, steps.steps, { $0 * $1 }, { _, _ in nil }))
        }
        x = try translation.placed(node, 0)
        let steps = try translation.steps(node, rank: x.order.count)
        var y = try translation.floats(x.id)
        if let zeros = steps.zeros {
            y = try translation.apply(.subtract, [y, try translation.constant(named: node.inputs[2], zeros, alignedTo: x.order)])
        }
        let step = try translation.constant(named: node.inputs[1], steps.steps, alignedTo: x.order)
        translation.set(node, Translation.Placed(id: try translation.apply(.multiply, [y, step]), order: x.order))
    },
    "QuantizeLinear": { (translation, node) throws(TranslationError) in
        let x = try translation.placed(node, 0)
        let element = try translation.quantizedElement(node)
        guard let bounds = Translation.bounds[element] else { throw .node(.element(element)) }
        let steps = try translation.steps(node, rank: x.order.count)
        let step = try translation.constant(named: node.inputs[1], steps.steps, alignedTo: x.order)
        var y = try translation.apply(.divide, [try translation.floats(x.id), step])
        y = try translation.apply(.round, [y])
        if let zeros = steps.zeros {
            y = try translation.apply(.add, [y, try translation.constant(named: node.inputs[2], zeros, alignedTo: x.order)])
        }
        y = try translation.apply(.clip, [y], Attributes(["min": .float(bounds.0), "max": .float(bounds.1)]))
        for output in node.outputs { translation.elements[output] = element }
        translation.set(node, Translation.Placed(id: y, order: x.order))
    },
]

extension Translation {
    fileprivate static let bounds: [ForeignElement: (Double, Double)] = [
        .u8: (0, 255), .i8: (-128, 127), .u16: (0, 65535), .i16: (-32768, 32767),
    ]

    fileprivate func quantizedElement(_ node: ForeignNode) throws(TranslationError) -> ForeignElement {
        if let name = input(node, 2), let element = elements[name] { return element }
        let number = try node.integer("output_dtype", 2)
        guard let element = ForeignElement(onnx: number == 0 ? 2 : number) else {
            throw .node(.attribute("output_dtype", "\(number)"))
        }
        return element
    }

    /// A step and a zero for the whole, or for each place along an axis.
    fileprivate func steps(
        _ node: ForeignNode, rank: Int
    ) throws(TranslationError) -> (steps: KnownNumbers, zeros: KnownNumbers?) {
        guard try node.integer("block_size", 0) == 0 else { throw .node(.attribute("block_size", "given")) }
        func shaped(_ numbers: KnownNumbers) throws(TranslationError) -> KnownNumbers {
            if numbers.count == 1 { return try numbers.reshaped([]) }
            let axis = try axis(try node.integer("axis", 1), rank: rank)
            guard numbers.shape.count == 1 else { throw .node(.rank(numbers.shape.count)) }
            return try numbers.reshaped([numbers.count] + Array(repeating: 1, count: rank - axis - 1))
        }
        let steps = try shaped(try neededKnown(node, 1))
        guard let zeros = try known(node, 2) else { return (steps, nil) }
        return (steps, try shaped(zeros))
    }

    /// A value as f32.
    fileprivate mutating func floats(_ x: ValueID) throws(TranslationError) -> ValueID {
        builder.type(of: x).element == .u8 ? try apply(.castToF32, [x]) : x
    }
}
