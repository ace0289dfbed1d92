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
    }
]
