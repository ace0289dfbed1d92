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
        let x = try translation.placed(node, 0)
        guard x.order.count > 2 else { throw .node(.rank(x.order.count)) }
        let axes = translation.kept(x, Array(2..<x.order.count))
        let y = try translation.normalized(x.id, axes, epsilon: try node.float("epsilon", 1e-5)).result
        // One factor and one shift for each channel.
        try translation.scale(node, Translation.Placed(id: y, order: x.order))
    },
    "GroupNormalization": { (translation, node) throws(TranslationError) in
        let x = try translation.placed(node, 0)
        let rank = x.order.count
        let count = try node.integer("num_groups", 0)
        let sizes = translation.shape(of: x)
        guard rank > 2, let channels = sizes[1].constant, count > 0, channels.isMultiple(of: count) else {
            throw .node(.attribute("num_groups", "\(count)"))
        }
        let turned = try translation.arranged(x, [0] + Array(2..<rank) + [1])
        let pixels = sizes[2...].reduce(Size(1)) { $0 * $1 }
        let parts = try translation.reshaped(turned, [sizes[0], pixels, Size(count), Size(channels / count)])
        let axes = Attributes(["axes": .sizes([Size(1), Size(3)]), "keep_dims": .truth(true)])
        let y = try translation.normalized(parts, axes, epsilon: try node.float("epsilon", 1e-5)).result
        let whole = try translation.reshaped(y, translation.builder.type(of: turned).shape.dimensions)
        let placed = Translation.Placed(id: whole, order: [0] + Array(2..<rank) + [1])
        guard let scales = try translation.known(node, 1), scales.count == count, count != channels else {
            return try translation.scale(node, placed)
        }
        // One factor and one shift for each group, before version 21.
        try translation.scale(node, placed, repetition: channels / count)
    },
    "LayerNormalization": { (translation, node) throws(TranslationError) in
        let x = try translation.placed(node, 0)
        let axes = try translation.lastAxes(node, of: x)
        let normalized = try translation.normalized(x.id, axes, epsilon: try node.float("epsilon", 1e-5))
        var y = try translation.apply(.multiply, [normalized.result, try translation.aligned(node, 1, to: x.order)])
        if translation.input(node, 2) != nil {
            y = try translation.apply(.add, [y, try translation.aligned(node, 2, to: x.order)])
        }
        translation.set(node, Translation.Placed(id: y, order: x.order))
        translation.set(node, Translation.Placed(id: normalized.mean, order: x.order), output: 1)
        guard node.outputs.count > 2, !node.outputs[2].isEmpty else { return }
        let inverse = try translation.apply(.divide, [translation.builder.constant(1), normalized.deviation])
        translation.set(node, Translation.Placed(id: inverse, order: x.order), output: 2)
    },
    "RMSNormalization": { (translation, node) throws(TranslationError) in
        let x = try translation.placed(node, 0)
        let squares = try translation.apply(.multiply, [x.id, x.id])
        let mean = try translation.apply(.mean, [squares], try translation.lastAxes(node, of: x))
        let epsilon = translation.builder.constant(Double(decimal: Float(try node.float("epsilon", 1e-5))))
        let root = try translation.apply(.sqrt, [try translation.apply(.add, [mean, epsilon])])
        let y = try translation.apply(.divide, [x.id, root])
        let scaled = try translation.apply(.multiply, [y, try translation.aligned(node, 1, to: x.order)])
        translation.set(node, Translation.Placed(id: scaled, order: x.order))
    },
    "MeanVarianceNormalization": { (translation, node) throws(TranslationError) in
        let x = try translation.placed(node, 0)
        var axes: [Int] = []
        for axis in try node.integers("axes") ?? [0, 2, 3] { axes.append(try translation.axis(axis, rank: x.order.count)) }
        let y = try translation.normalized(x.id, translation.kept(x, axes), epsilon: 1e-9).result
        translation.set(node, Translation.Placed(id: y, order: x.order))
    },
    "LpNormalization": { (translation, node) throws(TranslationError) in
        let x = try translation.placed(node, 0)
        let axis = try translation.axis(try node.integer("axis", -1), rank: x.order.count)
        let exponent = try node.integer("p", 2)
        guard (1...2).contains(exponent) else { throw .node(.attribute("p", "\(exponent)")) }
        let powers = try translation.absolutePower(x.id, exponent)
        let sum = try translation.apply(.sum, [powers], translation.kept(x, [axis]))
        // What is all zero stays so.
        let smallest = translation.builder.constant(Double(Float.leastNormalMagnitude))
        let norm = try translation.apply(.maximum, [try translation.root(sum, exponent), smallest])
        translation.set(node, Translation.Placed(id: try translation.apply(.divide, [x.id, norm]), order: x.order))
    },
    // A mean over channels beside each other, as of rows.
    "LRN": { (translation, node) throws(TranslationError) in
        let x = try translation.image(node, 0)
        let size = try node.integer("size", 1)
        guard (1...255).contains(size) else { throw .node(.attribute("size", "\(size)")) }
        let shape = translation.builder.type(of: x).shape.dimensions
        let squares = try translation.apply(.multiply, [x, x])
        let rows = try translation.reshaped(squares, [shape[0], shape[1] * shape[2], shape[3], Size(1)])
        let sides = [0, 0, (size - 1) / 2, size / 2].map { Size($0) }
        let means = try translation.apply(
            .averagePool, [rows],
            Attributes(["size": .sizes([Size(1), Size(size)]), "stride": .sizes([Size(1), Size(1)]), "pad": .sizes(sides)]))
        func constant(_ name: String, _ byDefault: Double) throws(TranslationError) -> ValueID {
            translation.builder.constant(Double(decimal: Float(try node.float(name, byDefault))))
        }
        let scaled = try translation.apply(
            .multiply, [try constant("alpha", 1e-4), try translation.reshaped(means, shape)])
        let base = try translation.apply(.add, [scaled, try constant("bias", 1)])
        let divisor = try translation.apply(.power, [base, try constant("beta", 0.75)])
        translation.set(node, image: try translation.apply(.divide, [x, divisor]))
    },
]

extension Translation {
    /// (x − mean) / √(variance + ε), both over axes, with the mean and that root.
    fileprivate mutating func normalized(
        _ x: ValueID, _ axes: Attributes, epsilon: Double
    ) throws(TranslationError) -> (result: ValueID, mean: ValueID, deviation: ValueID) {
        let mean = try apply(.mean, [x], axes)
        let centred = try apply(.subtract, [x, mean])
        let variance = try apply(.mean, [try apply(.multiply, [centred, centred])], axes)
        let sum = try apply(.add, [variance, builder.constant(Double(decimal: Float(epsilon)))])
        let deviation = try apply(.sqrt, [sum])
        return (try apply(.divide, [centred, deviation]), mean, deviation)
    }

    /// Axes of the file's value as attributes of a reduction that keeps them.
    fileprivate func kept(_ x: Placed, _ axes: [Int]) -> Attributes {
        let places = axes.map { axis in x.order.firstIndex(of: axis) ?? axis }.sorted()
        return Attributes(["axes": .sizes(places.map { Size($0) }), "keep_dims": .truth(true)])
    }

    /// The axes from the node's on.
    fileprivate func lastAxes(_ node: ForeignNode, of x: Placed) throws(TranslationError) -> Attributes {
        let rank = x.order.count
        return kept(x, Array(try axis(try node.integer("axis", -1), rank: rank)..<rank))
    }

    /// Says that a node's result is a value times the second operand plus the third, which hold a number for each channel.
    ///
    /// - Parameter repetition: for how many channels each number is.
    fileprivate mutating func scale(_ node: ForeignNode, _ x: Placed, repetition: Int = 1) throws(TranslationError) {
        var y = x.id
        for (index, op, initializer) in [(1, OpName.multiply, Initializer.ones), (2, .add, .zeros)] {
            var numbers = try neededKnown(node, index)
            if repetition > 1 {
                let places = (0..<numbers.count).flatMap { Array(repeating: $0, count: repetition) }
                try KnownNumbers.checkCount([places.count])
                numbers = try numbers.picked(places, shape: [places.count])
            }
            let shaped = try numbers.reshaped([numbers.count] + Array(repeating: 1, count: x.order.count - 2))
            y = try apply(op, [y, try constant(named: node.inputs[index], shaped, alignedTo: x.order, initializer: initializer)])
        }
        set(node, Placed(id: y, order: x.order))
    }
}
