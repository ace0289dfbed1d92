import GraphLanguage

/// The rules of expressions: what is known when compiling is computed, the rest becomes operations.
extension Elaborator {
    /// - Parameter name: what the expression's value is assigned to, which names its last operation.
    func evaluate(_ expression: Expression, named name: String? = nil) throws(Reported) -> Binding {
        try countStep(at: expression.location)
        guard expressionDepth < ElaborationLimits.expressionDepth else {
            throw fail(
                .nestingTooDeep,
                "expressions and the blocks they call are nested more than \(ElaborationLimits.expressionDepth) deep",
                at: expression.location)
        }
        expressionDepth += 1
        defer { expressionDepth -= 1 }
        switch expression.kind {
        case .integer(let number): return .known(.int(number))
        case .float(let number): return .known(.float(number))
        case .boolean(let truth): return .known(.bool(truth))
        case .name(let text):
            if let binding = environment[text] { return binding }
            guard text == Elaborator.trainingWord, file.stage == nil else { throw unknownName(text, at: expression.location) }
            return .known(.bool(isTraining))
        case .negate(let operand):
            return try negate(operand, at: expression.location, named: name)
        case .not(let operand):
            return .known(.bool(!(try truth(operand, of: "'!'"))))
        case .binary(let symbol, let left, let right):
            return try binary(symbol, left, right, at: expression.location, named: name)
        case .call(let call):
            return try evaluate(call, at: expression.location, named: name)
        case .list, .set, .range:
            throw fail(
                .notATensor, "a list can only be an argument of an op, as in axes = [0, 1]", at: expression.location)
        }
    }

    private func unknownName(_ text: String, at location: SourceLocation) -> Reported {
        guard !isInType else {
            let reported = fail(
                .unknownName, "there is no size or parameter '\(text)' here", at: location,
                suggestion: Spelling.nearest(to: text, among: environment.names),
                notes: ["sizes get their names in the types of inputs"])
            // One that was forgotten is missed in many types.
            environment.define(text, .poison)
            return reported
        }
        let isCallable = blocks[text] != nil || Callable(text) != nil
        return fail(
            .unknownName, "'\(text)' is not known here", at: location,
            suggestion: isCallable ? nil : Spelling.nearest(to: text, among: environment.names),
            notes: isCallable ? ["it can be called: \(text)(…)"] : [])
    }

    /// A value as messages show it: a tensor by its type, all else as written.
    func shown(_ binding: Binding) -> String {
        switch binding {
        case .value(let id): "\(builder.type(of: id))"
        case .known(let value): "\(value)"
        case .size(let size): "\(size)"
        case .poison: ""
        }
    }

    /// The expression as a tensor; numbers become constants.
    func value(_ expression: Expression, named name: String?) throws(Reported) -> ValueID {
        try value(of: evaluate(expression, named: name), at: expression.location)
    }

    func value(of binding: Binding, at location: SourceLocation) throws(Reported) -> ValueID {
        switch binding {
        case .value(let id): return id
        case .poison: throw Reported()
        case .size(let size):
            if let number = size.constant { return builder.constant(Double(number)) }
            throw fail(
                .notATensor, "a tensor is needed here, not a size", at: location,
                found: "\(size)")
        case .known(let known):
            guard let number = known.number else {
                throw fail(.notATensor, "a tensor or number is needed here", at: location, found: "\(known)")
            }
            return builder.constant(number)
        }
    }

    /// The expression as a compile-time value.
    func known(_ expression: Expression) throws(Reported) -> CompileTimeValue {
        try known(of: evaluate(expression), at: expression.location)
    }

    func known(of binding: Binding, at location: SourceLocation) throws(Reported) -> CompileTimeValue {
        switch binding {
        case .known(let value): return value
        case .poison: throw Reported()
        case .size(let size):
            if let number = size.constant { return .int(number) }
            throw fail(.notKnown, "this must be known when compiling", at: location, found: "\(size)")
        case .value(let id):
            throw fail(
                .notKnown, "this must be known when compiling, and a tensor is not", at: location,
                found: "\(builder.type(of: id))")
        }
    }

    func integer(_ expression: Expression) throws(Reported) -> Int {
        try integer(of: evaluate(expression), at: expression.location)
    }

    func integer(of binding: Binding, at location: SourceLocation) throws(Reported) -> Int {
        let value = try known(of: binding, at: location)
        guard case .int(let number) = value else {
            throw fail(.wrongKind, "a whole number is needed", at: location, found: "\(value)")
        }
        return number
    }

    func size(_ expression: Expression) throws(Reported) -> Size {
        try asSize(try evaluate(expression), at: expression.location)
    }

    func asSize(_ binding: Binding, at location: SourceLocation) throws(Reported) -> Size {
        switch binding {
        case .poison: throw Reported()
        case .size(let size): return size
        case .known(.int(let number)):
            guard abs(Double(number)) <= Double(Size.limit) else {
                throw fail(.tooLarge, "a size can be at most 2^48", at: location, found: "\(number)")
            }
            return Size(number)
        case .known, .value:
            throw fail(.wrongKind, "a size must be a whole number", at: location, found: shown(binding))
        }
    }

    /// - Parameter isResult: whether it is of what an operation makes.
    func type(_ syntax: TypeSyntax, isResult: Bool) throws(Reported) -> TensorType {
        guard let element = ElementType(rawValue: syntax.element.text) else {
            let known = ElementType.allCases.map(\.rawValue)
            throw fail(
                .unknownName, "there is no element type '\(syntax.element.text)'", at: syntax.element.location,
                suggestion: Spelling.nearest(to: syntax.element.text, among: known),
                notes: ["there are \(known.joined(separator: " and "))"])
        }
        var dimensions: [Size] = []
        var isSound = true
        for expression in syntax.dimensions {
            guard let size = try? dimension(expression) else {
                isSound = false
                continue
            }
            dimensions.append(size)
        }
        guard isSound else { throw Reported() }
        let type = TensorType(element, Shape(dimensions))
        do {
            try TensorLimits.check(type, isResult: isResult)
        } catch {
            throw fail(error, at: syntax.location)
        }
        return type
    }

    private func dimension(_ expression: Expression) throws(Reported) -> Size {
        isInType = true
        defer { isInType = false }
        let size = try size(expression)
        if let number = size.constant, number < 1 {
            throw fail(.emptyTensor, "every dimension must be at least 1", at: expression.location, found: "\(number)")
        }
        return size
    }

    /// A path with its interpolations evaluated.
    func text(of path: Path) throws(Reported) -> String {
        var text = ""
        for piece in path.pieces {
            switch piece {
            case .text(let part): text += part
            case .interpolation(let expression):
                let number = try integer(expression)
                guard number >= 0 else {
                    throw fail(
                        .wrongKind, "a number in a path must be at least 0", at: expression.location,
                        found: "\(number)")
                }
                text += "\(number)"
            }
        }
        return text
    }

    // MARK: Operators

    private func negate(
        _ operand: Expression, at location: SourceLocation, named name: String?
    ) throws(Reported) -> Binding {
        switch try evaluate(operand) {
        case .known(.int(let number)):
            let (negated, overflow) = 0.subtractingReportingOverflow(number)
            guard !overflow else { throw hasNoResult(.subtract, at: location) }
            return .known(.int(negated))
        case .known(.float(let number)): return .known(.float(-number))
        case .known(.bool(let truth)):
            throw fail(.wrongKind, "'-' takes a number", at: operand.location, found: "\(truth)")
        case .size(let size): return .size(Size(-1) * size)
        case .value(let id): return .value(try apply(.negate, [id], at: location, named: name))
        case .poison: throw Reported()
        }
    }

    private func truth(_ expression: Expression, of what: String) throws(Reported) -> Bool {
        let value = try known(expression)
        guard case .bool(let truth) = value else {
            throw fail(.wrongKind, "\(what) takes true or false", at: expression.location, found: "\(value)")
        }
        return truth
    }

    private func binary(
        _ symbol: BinaryOperator, _ left: Expression, _ right: Expression, at location: SourceLocation,
        named name: String?
    ) throws(Reported) -> Binding {
        switch symbol {
        case .and, .or:
            let first = try truth(left, of: "'\(symbol.rawValue)'")
            if first == (symbol == .or) { return .known(.bool(first)) }
            return .known(.bool(try truth(right, of: "'\(symbol.rawValue)'")))
        case .isMember:
            guard case .set(let members) = right.kind else {
                throw fail(.wrongKind, "'in' takes a set, as {2, 3, 4}", at: right.location)
            }
            let value = try known(left)
            for member in members where try Self.areEqual(known(member), value) { return .known(.bool(true)) }
            return .known(.bool(false))
        case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual:
            return try comparison(symbol, left, right, at: location, named: name)
        case .add, .subtract, .multiply, .divide, .floorDivide:
            return try arithmetic(symbol, left, right, at: location, named: name)
        }
    }

    static func areEqual(_ left: CompileTimeValue, _ right: CompileTimeValue) -> Bool {
        if let left = left.number, let right = right.number { return left == right }
        return left == right
    }

    private func arithmetic(
        _ symbol: BinaryOperator, _ left: Expression, _ right: Expression, at location: SourceLocation,
        named name: String?
    ) throws(Reported) -> Binding {
        // Both sides are looked at before either is refused, so that both are reported.
        let first = try? evaluate(left)
        let second = try evaluate(right)
        guard let first else { throw Reported() }
        switch (first, second) {
        case (.poison, _), (_, .poison):
            throw Reported()
        case (.known(.int(let first)), .known(.int(let second))):
            guard let result = Self.compute(symbol, first, second) else {
                throw hasNoResult(symbol, dividesByZero: second == 0, at: location)
            }
            return .known(result)
        case (.known(let leftValue), .known(let rightValue)):
            guard let first = leftValue.number, let second = rightValue.number, symbol != .floorDivide else {
                throw fail(
                    .wrongKind, "'\(symbol.rawValue)' takes \(symbol == .floorDivide ? "whole " : "")numbers", at: location,
                    found: "\(leftValue) and \(rightValue)")
            }
            let result = Self.compute(symbol, first, second)
            guard result.isFinite else { throw hasNoResult(symbol, dividesByZero: second == 0, at: location) }
            return .known(.float(result))
        case (.value, _), (_, .value):
            guard let op = OpName(symbol) else {
                throw fail(
                    .wrongKind, "'\(symbol.rawValue)' takes whole numbers, and no tensors", at: location,
                    notes: ["tensors are divided with '/'"])
            }
            let operands = [try value(of: first, at: left.location), try value(of: second, at: right.location)]
            return .value(try apply(op, operands, at: location, named: name))
        case (.size, _), (_, .size):
            return .size(try sizeArithmetic(symbol, first, second, left, right, at: location))
        }
    }

    private func hasNoResult(_ symbol: BinaryOperator, dividesByZero: Bool = false, at location: SourceLocation) -> Reported {
        let isDivision = symbol == .divide || symbol == .floorDivide
        return dividesByZero && isDivision
            ? fail(.badArithmetic, "'\(symbol.rawValue)' divides by zero", at: location)
            : fail(.badArithmetic, "the result of '\(symbol.rawValue)' is too large", at: location)
    }

    private static func compute(_ symbol: BinaryOperator, _ left: Int, _ right: Int) -> CompileTimeValue? {
        let (result, overflow): (Int, Bool)
        switch symbol {
        case .add: (result, overflow) = left.addingReportingOverflow(right)
        case .subtract: (result, overflow) = left.subtractingReportingOverflow(right)
        case .multiply: (result, overflow) = left.multipliedReportingOverflow(by: right)
        case .divide: return right == 0 ? nil : .float(Double(left) / Double(right))
        default:
            guard right != 0, !(left == Int.min && right == -1) else { return nil }
            (result, overflow) = (Size.floorDivide(left, right), false)
        }
        return overflow ? nil : .int(result)
    }

    private static func compute(_ symbol: BinaryOperator, _ left: Double, _ right: Double) -> Double {
        switch symbol {
        case .add: left + right
        case .subtract: left - right
        case .multiply: left * right
        default: left / right
        }
    }

    private func sizeArithmetic(
        _ symbol: BinaryOperator, _ first: Binding, _ second: Binding, _ left: Expression, _ right: Expression,
        at location: SourceLocation
    ) throws(Reported) -> Size {
        let first = try asSize(first, at: left.location), second = try asSize(second, at: right.location)
        guard first.complexity * second.complexity <= Size.complexityLimit * Size.complexityLimit else {
            throw fail(.tooLarge, "a size has at most \(Size.complexityLimit) terms and factors", at: location)
        }
        let result: Size
        switch symbol {
        case .add: result = first + second
        case .subtract: result = first - second
        case .multiply: result = first * second
        case .floorDivide:
            guard let divisor = second.constant, divisor >= 1 else {
                throw fail(
                    .badArithmetic, "a size can only be divided by a whole number of at least 1", at: right.location,
                    found: "\(second)")
            }
            result = first.floorDivided(by: divisor)
        default:
            throw fail(.wrongKind, "sizes are divided with '//', which rounds down", at: location)
        }
        guard result.complexity <= Size.complexityLimit else {
            throw fail(.tooLarge, "a size has at most \(Size.complexityLimit) terms and factors", at: location)
        }
        return result
    }
}
