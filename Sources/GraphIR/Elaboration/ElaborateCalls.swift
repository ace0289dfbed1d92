import GraphLanguage

/// The rules of calls: ops, and functions of compile-time values. `ElaborateBlocks` has those of blocks.
extension Elaborator {
    func evaluate(_ call: Call, at location: SourceLocation, named name: String?) throws(Reported) -> Binding {
        let callee = call.callee.text
        if let block = blocks[callee] { return .value(try expand(block, call, named: name)) }
        guard let callable = Callable(callee) else {
            let reported = fail(
                .unknownName, "there is no op or block '\(callee)'", at: call.callee.location,
                suggestion: OtherNames.spelling[callee] == nil
                    ? Spelling.nearest(to: callee, among: blocks.keys.sorted() + Callable.names) : nil,
                notes: OtherNames.spelling[callee].map { ["here it is written \($0)"] } ?? [])
            checkOperands(ofUnknown: call)
            throw reported
        }
        // The call is understood without what it does not take.
        if let path = call.path {
            report(
                .uselessPath, "'\(callee)' holds no weights that this path could name", at: path.location,
                notes: ["paths name the weights of blocks"])
        }
        if !call.parameters.isEmpty {
            report(
                .wrongParameterCount, "'\(callee)' takes no arguments between < and >", at: call.callee.location,
                notes: ["ops take named arguments, as block = 2"])
        }
        switch callable {
        case .op(let op): return .value(try apply(op, call, named: name))
        case .function(let function): return try compute(function, call, named: name)
        }
    }

    /// Reports mistakes in the operands of a call of nothing known.
    private func checkOperands(ofUnknown call: Call) {
        for expression in call.operands + call.parameters {
            // A word may be one of an op's own.
            if case .name(let word) = expression.kind, AttributeDeclaration.words.contains(word) { continue }
            if case .list = expression.kind { continue }
            _ = try? evaluate(expression)
        }
    }

    // MARK: Ops

    private func apply(_ op: OpName, _ call: Call, named name: String?) throws(Reported) -> ValueID {
        let signature = op.definition.signature
        // Positions behind the tensor operands are the attributes in their order: clip(x, 0, 255).
        let operandCount = signature.isVariadic ? call.operands.count : min(call.operands.count, signature.operands.count)
        let positional = call.operands[operandCount...]
        guard operandCount <= ElaborationLimits.operandCount else {
            throw fail(
                .tooLarge, "an op takes at most \(ElaborationLimits.operandCount) operands", at: call.callee.location,
                found: "\(operandCount)")
        }
        let operands = try? values(call.operands[..<operandCount])
        guard positional.count <= signature.attributes.count, !positional.contains(where: isTensorName) else {
            throw fail(
                .wrongOperandCount,
                "\(op) takes \(signature.operands.count) operand\(signature.operands.count == 1 ? "" : "s")",
                at: call.callee.location, expected: signature.written(as: op, withAttributes: true),
                found: "\(call.operands.count) operands")
        }
        var isSound = true
        var attributes = Attributes()
        for (declaration, expression) in zip(signature.attributes, positional) {
            attributes[declaration.name] = try? attribute(expression, declaration, of: op)
            isSound = isSound && attributes[declaration.name] != nil
        }
        for given in call.attributes {
            guard let declaration = signature.attributes.first(where: { $0.name == given.name.text }) else {
                let known = signature.attributes.map(\.name)
                isSound = false
                let note =
                    signature.operands.contains(given.name.text)
                    ? "operands have their place alone: \(signature.written(as: op, withAttributes: true))"
                    : known.isEmpty ? "it has no named arguments" : "it has \(known.joined(separator: ", "))"
                report(
                    .unknownAttribute, "\(op) has no argument '\(given.name.text)'", at: given.name.location,
                    suggestion: Spelling.nearest(to: given.name.text, among: known), notes: [note])
                continue
            }
            let value = try? attribute(given.value, declaration, of: op)
            if attributes[declaration.name] != nil {
                isSound = false
                report(.duplicateName, "'\(declaration.name)' is given twice", at: given.name.location)
            }
            isSound = isSound && value != nil
            attributes[declaration.name] = value
        }
        guard isSound, let operands else { throw Reported() }
        return try apply(op, operands, attributes, at: call.callee.location, named: name)
    }

    func apply(
        _ op: OpName, _ operands: [ValueID], _ attributes: Attributes = Attributes(), at location: SourceLocation,
        named name: String?
    ) throws(Reported) -> ValueID {
        builder.origin = origin(at: location)
        do {
            return try builder.apply(op, operands, attributes, named: name ?? TemporaryNames.base)
        } catch {
            throw fail(error, at: location)
        }
    }

    /// All operands as tensors; each that is wrong is reported.
    func values(_ expressions: ArraySlice<Expression>) throws(Reported) -> [ValueID] {
        let ids = expressions.map { try? value($0, named: nil) }
        guard !ids.contains(nil) else { throw Reported() }
        return ids.compactMap { $0 }
    }

    private func isTensorName(_ expression: Expression) -> Bool {
        guard case .name(let name) = expression.kind, case .value? = environment[name] else { return false }
        return true
    }

    // MARK: Functions

    private func compute(_ function: Function, _ call: Call, named name: String?) throws(Reported) -> Binding {
        if let attribute = call.attributes.first {
            throw fail(
                .unknownAttribute, "'\(function.rawValue)' has no argument '\(attribute.name.text)'",
                at: attribute.name.location)
        }
        guard function.takesOne ? call.operands.count == 1 : !call.operands.isEmpty else {
            throw fail(
                .wrongOperandCount,
                "'\(function.rawValue)' takes \(function.takesOne ? "one whole number" : "one whole number or more")",
                at: call.callee.location, found: "\(call.operands.count)")
        }
        let bindings = call.operands.map { try? evaluate($0) }
        let isOfTensors = bindings.contains { if case .value? = $0 { true } else { false } }
        if let op = OpName(function), isOfTensors, call.operands.count > 1 {
            return .value(try chain(op, bindings, call, named: name))
        }
        let found = zip(bindings, call.operands).map { binding, operand in
            binding.flatMap { try? integer(of: $0, at: operand.location) }
        }
        guard !found.contains(nil) else { throw Reported() }
        let numbers = found.compactMap { $0 }
        switch function {
        case .min: return .known(.int(numbers.min() ?? 0))
        case .max: return .known(.int(numbers.max() ?? 0))
        case .log2:
            let number = numbers[0]
            guard number > 0, number & (number - 1) == 0 else {
                throw fail(
                    .badArithmetic, "log2 takes a power of two", at: call.operands[0].location, found: "\(number)")
            }
            return .known(.int(number.trailingZeroBitCount))
        }
    }

    /// An op of two tensors on any number of them, from the left.
    private func chain(
        _ op: OpName, _ bindings: [Binding?], _ call: Call, named name: String?
    ) throws(Reported) -> ValueID {
        let values = zip(bindings, call.operands).map { binding, operand in
            binding.flatMap { try? value(of: $0, at: operand.location) }
        }
        guard !values.contains(nil) else { throw Reported() }
        var ids = values.compactMap { $0 }
        while ids.count > 1 {
            let isLast = ids.count == 2
            ids[0] = try apply(op, [ids[0], ids.remove(at: 1)], at: call.callee.location, named: isLast ? name : nil)
        }
        return ids[0]
    }
}
