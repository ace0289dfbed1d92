import GraphLanguage

/// Every op of the language, by name. To add an op, write its file in `Ops/` and name it here.
public enum OpRegistry {
    public static let all: [any Op] = [
        // Element types.
        CastToF32(), CastToU8(),
        // Arithmetic; the operators +, -, *, / and unary - are written for these.
        Add(), Subtract(), Multiply(), Divide(), Negate(),
        // Functions of each element, and the gradients that need an op of their own.
        ReLU(), LeakyReLU(), ReLUGradient(), Tanh(), Sigmoid(), Abs(), Sign(), Sqrt(), Power(),
        Round(), Clip(), ClipGradient(),
        // Convolution.
        Conv2D(), Conv2DInputGradient(), Conv2DFilterGradient(),
        // Reductions and their gradients.
        Mean(), MeanGradient(), Sum(), SumGradient(), SumTo(), Broadcast(), PSNR(), PSNRGradient(),
        // Rearrangements.
        DepthToSpace(), SpaceToDepth(), Concat(), Slice(), PadZero(),
        // Resampling.
        ResizeBicubic(), ResizeBicubicGradient(),
    ]

    public static let names: [String] = all.map(\.name)

    private static let byName: [String: any Op] = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })

    public static subscript(_ name: String) -> (any Op)? { byName[name] }

    /// The ops that operators on tensors stand for.
    static let operators: [BinaryOperator: String] = [
        .add: "add", .subtract: "subtract", .multiply: "multiply", .divide: "divide",
    ]

    /// An op as people write it: `'+'` for `add`.
    static func spelling(_ op: String) -> String {
        if op == "negate" { return "'-'" }
        return operators.first { $0.value == op }.map { "'\($0.key.rawValue)'" } ?? op
    }

    static func require(_ name: String) throws(OpError) -> any Op {
        guard let op = byName[name] else { throw OpError("unknown-op", "there is no op '\(name)'") }
        return op
    }
}

extension Signature {
    /// As people call it: `concat(a, …)`, or with its attributes `clip(x, min, max)`.
    func written(as op: String, withAttributes: Bool = false) -> String {
        let names = operands + (isVariadic ? ["…"] : []) + (withAttributes ? attributes.map(\.name) : [])
        return "\(op)(\(names.joined(separator: ", ")))"
    }

    /// Checks operand count and attributes, fills in defaults, and puts attributes in the signature's order.
    func complete(_ given: Attributes, operandCount: Int, op: String) throws(OpError) -> Attributes {
        guard isVariadic ? operandCount >= operands.count : operandCount == operands.count else {
            throw OpError(
                "wrong-operand-count",
                "\(op) takes \(isVariadic ? "at least " : "")\(operands.count) operand\(operands.count == 1 ? "" : "s")",
                expected: written(as: op), found: "\(operandCount) operand\(operandCount == 1 ? "" : "s")")
        }
        var complete = Attributes()
        for declaration in attributes {
            guard let value = given[declaration.name] ?? declaration.defaultValue else {
                throw OpError("missing-attribute", "\(op) needs '\(declaration.name) = …'")
            }
            complete[declaration.name] = try declaration.checked(value, op: op)
        }
        for pair in given.pairs where !attributes.contains(where: { $0.name == pair.name }) {
            let known = attributes.map { "'\($0.name)'" }.joined(separator: ", ")
            throw OpError(
                "unknown-attribute", "\(op) has no attribute '\(pair.name)'"
                    + (known.isEmpty ? "; it has none" : "; it has \(known)"))
        }
        return complete
    }
}

extension AttributeDeclaration {
    func checked(_ value: AttributeValue, op: String) throws(OpError) -> AttributeValue {
        switch (kind, value) {
        case (.integer(let range), .size(let size)):
            guard let number = size.constant else {
                throw OpError("bad-attribute", "'\(name)' of \(op) must be known when compiling", found: "\(size)")
            }
            guard range.contains(number) else {
                throw OpError(
                    "bad-attribute", "'\(name)' of \(op) is out of range",
                    expected: "\(range.lowerBound)…\(range.upperBound)", found: "\(number)")
            }
            return value
        case (.size, .size), (.sizes, .sizes), (.float, .float):
            return value
        case (.float, .size(let size)):
            guard let number = size.constant else {
                throw OpError("bad-attribute", "'\(name)' of \(op) must be known when compiling", found: "\(size)")
            }
            return .float(Double(number))
        case (.symbol(let options), .symbol(let word)):
            guard options.contains(word) else {
                throw OpError(
                    "bad-attribute", "'\(name)' of \(op) must be one of \(options.joined(separator: ", "))", found: word)
            }
            return value
        case (.padding, .symbol(let word)):
            guard Kind.paddings.contains(word) else { throw notOne(of: op, found: word) }
            return value
        case (.padding(let range), .size(let size)):
            try checkPadding([size], range, op: op)
            return value
        case (.padding(let range), .sizes(let sizes)):
            guard sizes.count == 2 || sizes.count == 4 else {
                throw notOne(of: op, found: "a list of \(sizes.count)")
            }
            try checkPadding(sizes, range, op: op)
            return value
        default:
            throw notOne(of: op)
        }
    }

    private func checkPadding(_ sizes: [Size], _ range: ClosedRange<Int>, op: String) throws(OpError) {
        for size in sizes { _ = try AttributeDeclaration(name, .integer(range)).checked(.size(size), op: op) }
    }

    private func notOne(of op: String, found: String? = nil) -> OpError {
        OpError("bad-attribute", "'\(name)' of \(op) \(wanted)", found: found)
    }

    /// What the attribute is, behind its name.
    var wanted: String {
        switch kind {
        case .integer: "is a whole number"
        case .size: "is a size"
        case .sizes: "is a list, as [0, 1]"
        case .float: "is a number"
        case .symbol(let options): "is one of \(options.joined(separator: ", "))"
        case .padding:
            "is \(Kind.paddings.joined(separator: ", ")), a number, [vertical, horizontal] or [top, bottom, left, right]"
        }
    }
}
