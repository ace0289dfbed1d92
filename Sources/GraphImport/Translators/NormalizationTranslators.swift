import GraphIR
import GraphInterchange

/// Scales and means of channels.
let normalizationTranslators: [String: Translator] = [
    "BatchNormalization": { (translation, node) throws(TranslationError) in
        let x = try translation.placed(node, 0)
        guard node.outputs.dropFirst().allSatisfy(\.isEmpty) else { throw .node(.output(1)) }
        var numbers: [[Float]] = []
        for index in 1...4 { numbers.append(try translation.neededKnown(node, index).floats()) }
        let count = numbers[0].count
        guard numbers.allSatisfy({ $0.count == count }) else { throw .node(.broadcast) }
        let epsilon = try node.float("epsilon", 1e-5)
        // (x − mean) / √(variance + ε) · scale + shift, as one product and one sum.
        let factors = (0..<count).map { Double(numbers[0][$0]) / (Double(numbers[3][$0]) + epsilon).squareRoot() }
        let shifts = (0..<count).map { Double(numbers[1][$0]) - Double(numbers[2][$0]) * factors[$0] }
        let shape = [count] + Array(repeating: 1, count: max(0, x.order.count - 2))
        let factor = try translation.constant(
            named: node.inputs[1], KnownNumbers(shape: shape, floats: factors.map { Float($0) }), alignedTo: x.order)
        let shift = try translation.constant(
            named: node.inputs[2], KnownNumbers(shape: shape, floats: shifts.map { Float($0) }), alignedTo: x.order)
        let scaled = try translation.apply(.multiply, [x.id, factor])
        translation.set(node, Translation.Placed(id: try translation.apply(.add, [scaled, shift]), order: x.order))
    },
    "InstanceNormalization": { (translation, node) throws(TranslationError) in
        let x = try translation.image(node, 0)
        let axes = Attributes(["axes": .sizes([Size(1), Size(2)]), "keep_dims": .truth(true)])
        let y = try translation.normalized(x, axes, epsilon: try node.float("epsilon", 1e-5))
        // One factor and one shift for each channel.
        let factor = try translation.constant(
            named: node.inputs[1], try translation.perChannel(node, 1), alignedTo: Translation.Placed.image, initializer: .ones)
        let shift = try translation.constant(
            named: node.inputs[2], try translation.perChannel(node, 2), alignedTo: Translation.Placed.image)
        translation.set(node, image: try translation.apply(.add, [try translation.apply(.multiply, [y, factor]), shift]))
    },
    "LayerNormalization": { (translation, node) throws(TranslationError) in
        guard node.outputs.dropFirst().allSatisfy(\.isEmpty) else { throw .node(.output(1)) }
        let x = try translation.placed(node, 0)
        let rank = x.order.count
        let first = try translation.axis(try node.integer("axis", -1), rank: rank)
        let places = (first..<rank).map { axis in x.order.firstIndex(of: axis) ?? axis }.sorted()
        let axes = Attributes(["axes": .sizes(places.map { Size($0) }), "keep_dims": .truth(true)])
        var y = try translation.normalized(x.id, axes, epsilon: try node.float("epsilon", 1e-5))
        y = try translation.apply(.multiply, [y, try translation.aligned(node, 1, to: x.order)])
        if translation.input(node, 2) != nil {
            y = try translation.apply(.add, [y, try translation.aligned(node, 2, to: x.order)])
        }
        translation.set(node, Translation.Placed(id: y, order: x.order))
    },
]

extension Translation {
    /// (x − mean) / √(variance + ε), both over axes.
    fileprivate mutating func normalized(
        _ x: ValueID, _ axes: Attributes, epsilon: Double
    ) throws(TranslationError) -> ValueID {
        let centred = try apply(.subtract, [x, try apply(.mean, [x], axes)])
        let variance = try apply(.mean, [try apply(.multiply, [centred, centred])], axes)
        let sum = try apply(.add, [variance, builder.constant(Double(decimal: Float(epsilon)))])
        return try apply(.divide, [centred, try apply(.sqrt, [sum])])
    }

    fileprivate func perChannel(_ node: ForeignNode, _ index: Int) throws(TranslationError) -> KnownNumbers {
        let numbers = try neededKnown(node, index)
        return try numbers.reshaped([numbers.count, 1, 1])
    }
}
