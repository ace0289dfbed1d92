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
    "Neg": { (translation, node) throws(TranslationError) in
        guard translation.areKnown(node), case let numbers = try translation.neededKnown(node, 0), !numbers.isFloat else {
            return try unary(.negate, { -$0 })(&translation, node)
        }
        let sizes = try numbers.sizes().map { Size(0) - $0 }
        translation.set(node, known: KnownNumbers(shape: numbers.shape, sizes: sizes))
    },
    "Sign": formula { (write, x) throws(TranslationError) in
        let zero = write.builder.constant(0)
        return try write.apply(.subtract, [try write.apply(.less, [zero, x]), try write.apply(.less, [x, zero])])
    },
    "IsNaN": formula { (write, x) throws(TranslationError) in
        try write.apply(.subtract, [write.builder.constant(1), try write.apply(.equal, [x, x])])
    },
    "IsInf": { (translation, node) throws(TranslationError) in
        let x = try translation.placed(node, 0)
        let limit = Double(Float.greatestFiniteMagnitude)
        let signs = [("detect_positive", false), ("detect_negative", true)]
        var y: ValueID?
        for (name, isBelow) in signs where try node.integer(name, 1) != 0 {
            let bound = translation.builder.constant(isBelow ? -limit : limit)
            let isBeyond = try translation.apply(.less, isBelow ? [x.id, bound] : [bound, x.id])
            y = if let y { try translation.apply(.add, [y, isBeyond]) } else { isBeyond }
        }
        guard let y else { throw .node(.attribute("detect_positive", "0")) }
        translation.set(node, Translation.Placed(id: y, order: x.order))
    },
    "Shrink": { (translation, node) throws(TranslationError) in
        let x = try translation.placed(node, 0)
        let edge = Double(decimal: Float(try node.float("lambd", 0.5)))
        let bias = translation.builder.constant(Double(decimal: Float(try node.float("bias", 0))))
        let isLow = try translation.apply(.less, [x.id, translation.builder.constant(-edge)])
        let isHigh = try translation.apply(.less, [translation.builder.constant(edge), x.id])
        let low = try translation.apply(.multiply, [isLow, try translation.apply(.add, [x.id, bias])])
        let high = try translation.apply(.multiply, [isHigh, try translation.apply(.subtract, [x.id, bias])])
        translation.set(node, Translation.Placed(id: try translation.apply(.add, [low, high]), order: x.order))
    },
    "Swish": { (translation, node) throws(TranslationError) in
        let x = try translation.placed(node, 0)
        let alpha = Double(decimal: Float(try node.float("alpha", 1)))
        let scaled = alpha == 1 ? x.id : try translation.apply(.multiply, [translation.builder.constant(alpha), x.id])
        let gate = try translation.apply(.sigmoid, [scaled])
        translation.set(node, Translation.Placed(id: try translation.apply(.multiply, [x.id, gate]), order: x.order))
    },
    "Exp": unary(.exp),
    "Log": unary(.log),
    "Erf": unary(.erf),
    "Floor": unary(.floor) { $0.rounded(.down) },
    "Ceil": formula { (write, x) throws(TranslationError) in
        try write.apply(.negate, [try write.apply(.floor, [try write.apply(.negate, [x])])])
    },
    "Not": { (translation, node) throws(TranslationError) in
        if translation.areKnown(node) {
            let numbers = try translation.neededKnown(node, 0)
            let sizes = try numbers.sizes().map { Size($0 == Size(0) ? 1 : 0) }
            return translation.set(node, known: KnownNumbers(shape: numbers.shape, sizes: sizes))
        }
        let x = try translation.placed(node, 0)
        let y = try translation.apply(.subtract, [translation.builder.constant(1), x.id])
        translation.set(node, Translation.Placed(id: y, order: x.order))
    },
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
            let sizes = translation.shape(of: x)
            let isChannels =
                numbers.shape.count == 1 && numbers.count > 1 && rank > 2
                && (rank == 4 || sizes[1] == Size(numbers.count) && sizes[rank - 1] != sizes[1])
            let shaped =
                isChannels ? try numbers.reshaped([numbers.count] + Array(repeating: 1, count: rank - 2)) : numbers
            let ordered = try translation.inChannelOrder(shaped, of: node)
            slope = try translation.constant(named: name, ordered, alignedTo: x.order, initializer: .constant(0.25))
        } else {
            slope = try translation.aligned(node, 1, to: x.order)
        }
        translation.set(node, Translation.Placed(id: try translation.apply(.prelu, [x.id, slope]), order: x.order))
    },
    "Clip": { (translation, node) throws(TranslationError) in
        // The bounds were arguments before version 11.
        var x = try translation.placed(node, 0)
        let limit = Double(Float.greatestFiniteMagnitude)
        var bounds = [-limit, limit]
        for (index, name) in ["min", "max"].enumerated() {
            if let given = translation.input(node, index + 1), case .placed = translation.values[given] {
                // What depends on the input is no argument of clip.
                let bound = try translation.aligned(node, index + 1, to: x.order)
                x.id = try translation.apply(index == 0 ? .maximum : .minimum, [x.id, bound])
            } else if let number = try translation.known(node, index + 1) {
                guard number.count == 1 else { throw .node(.attribute(name, "of \(number.count) numbers")) }
                bounds[index] = min(max(Double(decimal: try number.floats()[0]), -limit), limit)
            } else {
                bounds[index] = min(max(try node.float(name, bounds[index]), -limit), limit)
            }
        }
        if bounds == [-limit, limit] { return translation.set(node, x) }
        // Where the lower bound is above the upper one, the upper one counts.
        let low = min(bounds[0], bounds[1])
        x.id = try translation.apply(.clip, [x.id], Attributes(["min": .float(low), "max": .float(bounds[1])]))
        translation.set(node, x)
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
    "Mod": { (translation, node) throws(TranslationError) in
        let isOfDividend = try node.integer("fmod", 0) != 0
        if translation.areKnown(node) {
            let operands = (try translation.neededKnown(node, 0), try translation.neededKnown(node, 1))
            let numbers = try combined(
                operands.0, operands.1,
                { a, b in isOfDividend ? a.truncatingRemainder(dividingBy: b) : a - (a / b).rounded(.down) * b },
                { a, b in
                    guard let b = b.constant, b != 0 else { return nil }
                    guard let a = a.constant else {
                        return isOfDividend || b < 0 ? nil : a - b * a.floorDivided(by: b)
                    }
                    let rest = b == -1 ? 0 : a % b
                    return Size(rest == 0 || isOfDividend || (rest < 0) == (b < 0) ? rest : rest + b)
                })
            return translation.set(node, known: numbers)
        }
        let (a, b, order) = try translation.aligned(node)
        let quotient = try translation.apply(.divide, [a, b])
        let whole = isOfDividend ? try translation.towardsZero(quotient) : try translation.apply(.floor, [quotient])
        let y = try translation.apply(.subtract, [a, try translation.apply(.multiply, [whole, b])])
        translation.set(node, Translation.Placed(id: y, order: order))
    },
    "Reciprocal": { (translation, node) throws(TranslationError) in
        let x = try translation.placed(node, 0)
        let one = translation.builder.constant(1)
        translation.set(node, Translation.Placed(id: try translation.apply(.divide, [one, x.id]), order: x.order))
    },
    "Identity": { (translation, node) throws(TranslationError) in try translation.pass(node) },
    // In inference a network drops nothing.
    "Dropout": { (translation, node) throws(TranslationError) in
        guard node.outputs.dropFirst().allSatisfy(\.isEmpty) else { throw .node(.output(1)) }
        let isTraining = try translation.known(node, 2)?.integers().first ?? 0
        guard isTraining == 0 else { throw .node(.attribute("training_mode", "1")) }
        try translation.pass(node)
    },
    "Cast": { (translation, node) throws(TranslationError) in try translation.translateCast(node) },
    "CastLike": { (translation, node) throws(TranslationError) in try translation.translateCast(node) },
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
