import GraphLanguage

/// The rules of comparisons: of numbers a truth value, of tensors ones and zeros.
extension Elaborator {
    func comparison(
        _ symbol: BinaryOperator, _ left: Expression, _ right: Expression, at location: SourceLocation,
        named name: String?
    ) throws(Reported) -> Binding {
        // Both sides are looked at before either is refused, so that both are reported.
        let first = try? evaluate(left)
        let second = try? evaluate(right)
        let isOfTensors = [first, second].contains { if case .value? = $0 { true } else { false } }
        if let first, let second, isOfTensors {
            let operands = [try value(of: first, at: left.location), try value(of: second, at: right.location)]
            return .value(try compare(symbol, operands, at: location, named: name))
        }
        let firstValue = first.flatMap { try? known(of: $0, at: left.location) }
        let secondValue = second.flatMap { try? known(of: $0, at: right.location) }
        guard let firstValue, let secondValue else { throw Reported() }
        return .known(.bool(try compare(symbol, firstValue, secondValue, at: location)))
    }

    private func compare(
        _ symbol: BinaryOperator, _ operands: [ValueID], at location: SourceLocation, named name: String?
    ) throws(Reported) -> ValueID {
        switch symbol {
        case .greater: return try apply(.less, operands.reversed(), at: location, named: name)
        case .greaterOrEqual: return try apply(.lessOrEqual, operands.reversed(), at: location, named: name)
        case .notEqual:
            let equal = try apply(.equal, operands, at: location, named: nil)
            return try apply(.subtract, [builder.constant(1), equal], at: location, named: name)
        default:
            guard let op = OpName(symbol) else { preconditionFailure("'\(symbol.rawValue)' compares nothing") }
            return try apply(op, operands, at: location, named: name)
        }
    }

    private func compare(
        _ symbol: BinaryOperator, _ left: CompileTimeValue, _ right: CompileTimeValue, at location: SourceLocation
    ) throws(Reported) -> Bool {
        if symbol == .equal || symbol == .notEqual { return Self.areEqual(left, right) == (symbol == .equal) }
        guard let first = left.number, let second = right.number else {
            throw fail(
                .wrongKind, "'\(symbol.rawValue)' compares numbers", at: location, found: "\(left) and \(right)")
        }
        switch symbol {
        case .less: return first < second
        case .lessOrEqual: return first <= second
        case .greater: return first > second
        default: return first >= second
        }
    }
}
