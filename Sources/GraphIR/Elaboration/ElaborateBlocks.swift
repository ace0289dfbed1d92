import GraphLanguage

/// The rules of blocks: a call is replaced by the block's body.
extension Elaborator {
    /// Expands the body even where the call is wrong, so that the body's own mistakes are found; what the call leaves
    /// open is poison there.
    ///
    /// - Parameter name: what the caller calls the result, which then names it instead of the block's own word.
    func expand(_ block: Declaration, _ call: Call, named name: String?) throws(Reported) -> ValueID {
        let callee = call.callee
        guard !frames.contains(where: { $0.call?.callee == callee }) else {
            throw fail(
                .recursiveBlock, "block '\(callee.text)' calls itself, so it never ends", at: callee.location,
                notes: Callable(callee.text) == nil ? [] : ["the block hides the op '\(callee.text)' in this file"])
        }
        guard frames.count(where: { $0.call != nil }) < ElaborationLimits.callDepth else {
            throw fail(
                .nestingTooDeep, "calls of blocks can be nested at most \(ElaborationLimits.callDepth) deep",
                at: callee.location)
        }
        var isSound = true
        if let attribute = call.attributes.first {
            isSound = false
            report(
                .unknownAttribute, "a block takes no named arguments", at: attribute.name.location,
                notes: ["its parameters stand between < and >, by position"])
        }
        let operands = operandValues(of: block, call, &isSound)
        guard block.isReadable, !isLookingUp else {
            for argument in call.parameters { _ = try? evaluate(argument) }
            throw Reported()
        }
        expandedBlocks.insert(block.name.text)
        var inner = parameterNames(of: block, call, &isSound)
        bindInputs(of: block, call, operands, in: &inner, &isSound)
        let path = path(of: call, &isSound)

        let outer = environment
        environment = inner
        defer { environment = outer }
        if !checkCondition(of: block, at: callee.location) {
            isSound = false
            for parameter in block.parameters { environment.fix(parameter.name.text, .poison) }
        }
        frames.append(.call(call, path: path))
        defer { frames.removeLast() }
        let firstInner = builder.graph.nodes.count
        elaborate(body: block.body)
        guard let (_, result) = results(of: block).first, isSound else { throw Reported() }
        if let name, result.index >= firstInner { builder.rename(result, to: name) }
        return result
    }

    /// For each input what the call gives for it; nil where that has a mistake.
    private func operandValues(of block: Declaration, _ call: Call, _ isSound: inout Bool) -> [ValueID?] {
        let operands = call.operands.map { try? value($0, named: nil) }
        isSound = isSound && !operands.contains(nil)
        if operands.count == block.inputs.count { return operands }
        isSound = false
        // A block that cannot be read may take any number.
        if block.isReadable {
            report(
                .wrongOperandCount,
                "'\(block.name.text)' takes \(block.inputs.count) operand\(block.inputs.count == 1 ? "" : "s")",
                at: call.callee.location,
                expected: block.inputs.map { "\($0.name.text): \(SyntaxPrinter.print($0.type))" }.joined(separator: ", "),
                found: "\(call.operands.count) operand\(call.operands.count == 1 ? "" : "s")")
        }
        return block.inputs.map { _ in nil }
    }

    /// The names that the body knows first: its parameters.
    private func parameterNames(of block: Declaration, _ call: Call, _ isSound: inout Bool) -> Environment {
        let names = block.parameters.map(\.name.text).joined(separator: ", ")
        let isMatched = call.parameters.count <= block.parameters.count
        if !isMatched {
            report(
                .wrongParameterCount,
                "'\(block.name.text)' takes \(block.parameters.count) argument\(block.parameters.count == 1 ? "" : "s") between < and >",
                at: call.callee.location, expected: names.isEmpty ? nil : "<\(names)>", found: "\(call.parameters.count)")
        }
        var inner = Environment()
        for (position, parameter) in block.parameters.enumerated() {
            var value: CompileTimeValue?
            if position < call.parameters.count {
                value = converted(call.parameters[position], to: parameter)
            } else if let expression = parameter.defaultValue {
                // A default sees the parameters before it, not the names around the call.
                let outer = environment
                environment = inner
                value = converted(expression, to: parameter)
                environment = outer
            } else if call.attributes.isEmpty {
                report(
                    .missingParameter, "'\(block.name.text)' needs its parameter '\(parameter.name.text)'",
                    at: call.callee.location, notes: ["write \(block.name.text)<\(names)>(…)"])
            }
            if !isMatched { value = nil }
            isSound = isSound && value != nil
            inner.fix(parameter.name.text, value.map(Binding.known) ?? .poison)
        }
        isSound = isSound && isMatched
        return inner
    }

    /// Binds inputs by position; bare names in their types stand for the sizes found.
    private func bindInputs(
        of block: Declaration, _ call: Call, _ operands: [ValueID?], in inner: inout Environment, _ isSound: inout Bool
    ) {
        var values = operands
        for (position, input) in block.inputs.enumerated() {
            guard let id = operands[position] else { continue }
            let found = builder.type(of: id)
            guard found.shape.rank == input.type.dimensions.count else {
                report(
                    .rankMismatch, "'\(input.name.text)' of \(block.name.text) has the wrong number of dimensions",
                    at: call.operands[position].location, expected: SyntaxPrinter.print(input.type), found: "\(found)")
                values[position] = nil
                continue
            }
            for (expression, size) in zip(input.type.dimensions, found.shape.dimensions) {
                guard case .name(let symbol) = expression.kind, inner[symbol] == nil else { continue }
                inner.fix(symbol, size.constant.map { .known(.int($0)) } ?? .size(size))
            }
        }
        for (input, id) in zip(block.inputs, values) where id == nil {
            for case .name(let symbol) in input.type.dimensions.map(\.kind) where inner[symbol] == nil {
                inner.fix(symbol, .poison)
            }
        }
        let outer = environment
        environment = inner
        for (position, input) in block.inputs.enumerated() {
            guard let declared = try? type(input.type, isResult: true) else {
                isSound = false
                continue
            }
            guard let id = values[position] else { continue }
            let isDeclared = check(
                builder.type(of: id), is: declared, for: "'\(input.name.text)' of \(block.name.text)",
                at: call.operands[position].location)
            if !isDeclared { values[position] = nil }
        }
        inner = environment
        environment = outer
        isSound = isSound && !values.contains(nil)
        for (input, id) in zip(block.inputs, values) where !inner.isFixed(input.name.text) {
            inner.define(input.name.text, id.map(Binding.value) ?? .poison)
        }
    }

    /// The path that the call gives its weights, if it gives one; where it has a mistake, one that is no other's.
    private func path(of call: Call, _ isSound: inout Bool) -> String? {
        guard let path = call.path else { return nil }
        if let text = try? text(of: path) { return text }
        isSound = false
        unknownPathCount += 1
        return "?\(unknownPathCount)"
    }
}
