import GraphIR
import GraphInterchange

/// Functions of each element.
let pointwiseTranslators: [String: Translator] = [
    "Relu": unary(.relu) { max($0, 0) },
    "Sigmoid": unary(.sigmoid),
    "Tanh": unary(.tanh),
    "Abs": unary(.abs) { abs($0) },
    "Sqrt": unary(.sqrt) { $0.squareRoot() },
    "Round": unary(.round) { $0.rounded(.toNearestOrEven) },
    "Neg": unary(.negate) { -$0 },
    "Exp": unary(.exp),
    "Log": unary(.log),
    "Erf": unary(.erf),
    "Floor": unary(.floor) { $0.rounded(.down) },
    "Ceil": formula { (write, x) throws(TranslationError) in
        try write.apply(.negate, [try write.apply(.floor, [try write.apply(.negate, [x])])])
    },
    "Not": formula { (write, x) throws(TranslationError) in try write.apply(.subtract, [write.builder.constant(1), x]) },
    "Softplus": formula { (write, x) throws(TranslationError) in
        // max(x, 0) + log(1 + e^−|x|), which is finite for all x.
        let small = try write.apply(.exp, [try write.apply(.negate, [try write.apply(.abs, [x])])])
        let rest = try write.apply(.log, [try write.apply(.add, [write.builder.constant(1), small])])
        return try write.apply(.add, [try write.apply(.relu, [x]), rest])
    },
    "Mish": formula { (write, x) throws(TranslationError) in
        let small = try write.apply(.exp, [try write.apply(.negate, [try write.apply(.abs, [x])])])
        let rest = try write.apply(.log, [try write.apply(.add, [write.builder.constant(1), small])])
        let softplus = try write.apply(.add, [try write.apply(.relu, [x]), rest])
        return try write.apply(.multiply, [x, try write.apply(.tanh, [softplus])])
    },
    "Softsign": formula { (write, x) throws(TranslationError) in
        try write.apply(.divide, [x, try write.apply(.add, [write.builder.constant(1), try write.apply(.abs, [x])])])
    },
    "Elu": { (translation, node) throws(TranslationError) in
        try translation.translateExponentialUnit(node, alpha: try node.float("alpha", 1), gamma: 1, width: 1)
    },
    "Selu": { (translation, node) throws(TranslationError) in
        try translation.translateExponentialUnit(
            node, alpha: try node.float("alpha", 1.6732632423543772), gamma: try node.float("gamma", 1.0507009873554805), width: 1
        )
    },
    "Celu": { (translation, node) throws(TranslationError) in
        let alpha = try node.float("alpha", 1)
        try translation.translateExponentialUnit(node, alpha: alpha, gamma: 1, width: alpha)
    },
    "ThresholdedRelu": { (translation, node) throws(TranslationError) in
        let x = try translation.placed(node, 0)
        let alpha = translation.builder.constant(Double(decimal: Float(try node.float("alpha", 1))))
        let isAbove = try translation.apply(.less, [alpha, x.id])
        translation.set(
            node, Translation.Placed(id: try translation.apply(.multiply, [x.id, isAbove]), order: x.order))
    },
    "Gelu": { (translation, node) throws(TranslationError) in
        let x = try translation.placed(node, 0)
        let inner: ValueID
        if try node.text("approximate", "none") == "tanh" {
            let cube = try translation.apply(.multiply, [x.id, try translation.apply(.multiply, [x.id, x.id])])
            let sum = try translation.apply(
                .add, [x.id, try translation.apply(.multiply, [translation.builder.constant(0.044715), cube])])
            inner = try translation.apply(
                .tanh, [try translation.apply(.multiply, [translation.builder.constant(0.7978845608028654), sum])])
        } else {
            inner = try translation.apply(
                .erf, [try translation.apply(.multiply, [translation.builder.constant(0.7071067811865476), x.id])])
        }
        let gate = try translation.apply(.add, [translation.builder.constant(1), inner])
        let half = try translation.apply(.multiply, [translation.builder.constant(0.5), x.id])
        translation.set(node, Translation.Placed(id: try translation.apply(.multiply, [half, gate]), order: x.order))
    },
    "LeakyRelu": { (translation, node) throws(TranslationError) in
        let x = try translation.placed(node, 0)
        let slope = Double(decimal: Float(try node.float("alpha", 0.01)))
        let y = try translation.apply(.leakyReLU, [x.id], Attributes(["slope": .float(slope)]))
        translation.set(node, Translation.Placed(id: y, order: x.order))
    },
    "PRelu": { (translation, node) throws(TranslationError) in
        let x = try translation.placed(node, 0)
        let slope: ValueID
        if let name = translation.input(node, 1), case .known(let numbers) = translation.values[name] {
            // Slopes of one number for each channel stand behind the channels in old files.
            let rank = x.order.count
            let isChannels = numbers.shape.count == 1 && rank == 4 && numbers.count > 1
            let shaped = isChannels ? try numbers.reshaped([numbers.count, 1, 1]) : numbers
            let ordered = try translation.inChannelOrder(shaped, of: node)
            slope = try translation.constant(named: name, ordered, alignedTo: x.order, initializer: .constant(0.25))
        } else {
            slope = try translation.aligned(node, 1, to: x.order)
        }
        translation.set(node, Translation.Placed(id: try translation.apply(.prelu, [x.id, slope]), order: x.order))
    },
    "Clip": { (translation, node) throws(TranslationError) in
        // The bounds were arguments before version 11.
        var bounds: [Double] = []
        for (index, (name, byDefault)) in [("min", -Double.greatestFiniteMagnitude), ("max", .greatestFiniteMagnitude)]
            .enumerated()
        {
            if let number = try translation.known(node, index + 1) {
                guard number.count == 1 else { throw .node(.attribute(name, "of \(number.count) numbers")) }
                bounds.append(Double(decimal: try number.floats()[0]))
            } else {
                bounds.append(try node.float(name, byDefault))
            }
        }
        let x = try translation.placed(node, 0)
        let limit = Double(Float.greatestFiniteMagnitude)
        let (low, high) = (max(bounds[0], -limit), min(bounds[1], limit))
        let y = try translation.apply(.clip, [x.id], Attributes(["min": .float(low), "max": .float(high)]))
        translation.set(node, Translation.Placed(id: y, order: x.order))
    },
    "HardSigmoid": { (translation, node) throws(TranslationError) in
        let x = try translation.placed(node, 0)
        let alpha = Double(decimal: Float(try node.float("alpha", 0.2)))
        let beta = Double(decimal: Float(try node.float("beta", 0.5)))
        translation.set(node, Translation.Placed(id: try translation.hardSigmoid(x.id, alpha, beta), order: x.order))
    },
    "HardSwish": { (translation, node) throws(TranslationError) in
        let x = try translation.placed(node, 0)
        let gate = try translation.hardSigmoid(x.id, 1 / 6, 0.5)
        translation.set(
            node, Translation.Placed(id: try translation.apply(.multiply, [x.id, gate]), order: x.order))
    },
    "Reciprocal": { (translation, node) throws(TranslationError) in
        let x = try translation.placed(node, 0)
        let one = translation.builder.constant(1)
        translation.set(node, Translation.Placed(id: try translation.apply(.divide, [one, x.id]), order: x.order))
    },
    "Identity": { (translation, node) throws(TranslationError) in try translation.pass(node) },
    // In inference a network drops nothing.
    "Dropout": { (translation, node) throws(TranslationError) in try translation.pass(node) },
    "Cast": { (translation, node) throws(TranslationError) in
        let number = try node.integer("to", 1)
        guard let element = ForeignElement(onnx: number) else { throw .node(.attribute("to", "\(number)")) }
        if translation.areKnown(node) {
            let numbers = try translation.neededKnown(node, 0)
            let cast =
                element.isFloat
                ? numbers.isFloat ? numbers : KnownNumbers(shape: numbers.shape, floats: try numbers.floats())
                : numbers.isFloat ? KnownNumbers(shape: numbers.shape, sizes: try numbers.sizes()) : numbers
            return translation.set(node, known: cast)
        }
        let x = try translation.placed(node, 0)
        let from = translation.builder.type(of: x.id).element
        // Halves run as f32.
        let op: OpName? =
            switch (from, element) {
            case (.f32, .f32), (.f32, .f16), (.f32, .bf16), (.f32, .f64), (.u8, .u8): nil
            case (.u8, .f32), (.u8, .f16), (.u8, .bf16), (.u8, .f64): .castToF32
            case (.f32, .u8): .castToU8
            default: throw .node(.element(element))
            }
        guard let op else { return try translation.pass(node) }
        translation.set(node, Translation.Placed(id: try translation.apply(op, [x.id]), order: x.order))
    },
]

/// - Parameter known: the function for numbers that are known; nil where these become a weight.
private func unary(_ op: OpName, _ known: (@Sendable (Float) -> Float)? = nil) -> Translator {
    { (translation, node) throws(TranslationError) in
        if let known, translation.areKnown(node) {
            let numbers = try translation.neededKnown(node, 0)
            return translation.set(
                node, known: KnownNumbers(shape: numbers.shape, floats: try numbers.floats().map { known($0) }))
        }
        let x = try translation.placed(node, 0)
        translation.set(node, Translation.Placed(id: try translation.apply(op, [x.id]), order: x.order))
    }
}

/// A function of one operand by other functions.
private func formula(_ write: @escaping @Sendable (inout Translation, ValueID) throws(TranslationError) -> ValueID) -> Translator
{
    { (translation, node) throws(TranslationError) in
        let x = try translation.placed(node, 0)
        translation.set(node, Translation.Placed(id: try write(&translation, x.id), order: x.order))
    }
}

extension Translation {
    /// gamma·x above 0, and gamma·alpha·(e^(x / width) − 1) below.
    fileprivate mutating func translateExponentialUnit(
        _ node: ForeignNode, alpha: Double, gamma: Double, width: Double
    ) throws(TranslationError) {
        let x = try placed(node, 0)
        let below = try apply(.minimum, [x.id, builder.constant(0)])
        let scaled = width == 1 ? below : try apply(.divide, [below, builder.constant(Double(decimal: Float(width)))])
        let grown = try apply(.subtract, [try apply(.exp, [scaled]), builder.constant(1)])
        let small = alpha == 1 ? grown : try apply(.multiply, [builder.constant(Double(decimal: Float(alpha))), grown])
        let sum = try apply(.add, [try apply(.relu, [x.id]), small])
        let y = gamma == 1 ? sum : try apply(.multiply, [builder.constant(Double(decimal: Float(gamma))), sum])
        set(node, Placed(id: y, order: x.order))
    }

    /// Gives the first operand another name.
    mutating func pass(_ node: ForeignNode) throws(TranslationError) {
        guard let name = input(node, 0), let value = values[name] else { throw .node(.operandIsMissing(0)) }
        if let output = node.outputs.first, !output.isEmpty { values[output] = value }
    }

    /// clip(alpha·x + beta, 0, 1)
    fileprivate mutating func hardSigmoid(
        _ x: ValueID, _ alpha: Double, _ beta: Double
    ) throws(TranslationError) -> ValueID {
        let scaled = try apply(.multiply, [builder.constant(alpha), x])
        let moved = try apply(.add, [scaled, builder.constant(beta)])
        return try apply(.clip, [moved], Attributes(["min": .float(0), "max": .float(1)]))
    }
}
