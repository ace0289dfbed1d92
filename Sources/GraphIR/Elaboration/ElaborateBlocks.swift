import GraphLanguage

/// The rules of blocks: a call is replaced by the block's body.
extension Elaborator {
    /// - Parameter name: what the caller calls the result, which then names it instead of the block's own word.
    func expand(_ block: Declaration, _ call: Call, named name: String?) throws(Reported) -> ValueID {
        let callee = call.callee
        guard !frames.contains(where: { $0.call?.callee == callee }) else {
            throw fail("recursive-block", "block '\(callee.text)' calls itself, so it never ends", at: callee.location)
        }
        guard frames.count(where: { $0.call != nil }) < ElaborationLimits.callDepth else {
            throw fail(
                "nesting-too-deep", "blocks are called at most \(ElaborationLimits.callDepth) deep within each other",
                at: callee.location)
        }
        if let attribute = call.attributes.first {
            throw fail(
                "unknown-attribute", "a block takes no named arguments", at: attribute.name.location,
                notes: ["its parameters stand between < and >, by position"])
        }
        // The operands are looked at even where the parameters are wrong, so that both are reported.
        let operands = try? operandValues(of: block, call)
        var inner = try parameterNames(of: block, call)
        guard let operands else { throw Reported() }
        try bindInputs(of: block, call, operands, in: &inner)
        let path: String? = if let path = call.path { try text(of: path) } else { nil }

        let outer = environment
        environment = inner
        defer { environment = outer }
        guard checkCondition(of: block, at: callee.location) else { throw Reported() }
        frames.append(.call(call, path: path))
        defer { frames.removeLast() }
        let firstInner = builder.graph.nodes.count
        elaborate(body: block.body)
        guard let (_, result) = results(of: block).first else { throw Reported() }
        if let name, result.index >= firstInner { builder.rename(result, to: name) }
        return result
    }

    private func operandValues(of block: Declaration, _ call: Call) throws(Reported) -> [ValueID] {
        let operands = try? values(call.operands[...])
        guard call.operands.count == block.inputs.count else {
            throw fail(
                "wrong-operand-count",
                "'\(block.name.text)' takes \(block.inputs.count) operand\(block.inputs.count == 1 ? "" : "s")",
                at: call.callee.location,
                expected: block.inputs.map { "\($0.name.text): \(SyntaxPrinter.print($0.type))" }.joined(separator: ", "),
                found: "\(call.operands.count) operand\(call.operands.count == 1 ? "" : "s")")
        }
        guard let operands else { throw Reported() }
        return operands
    }

    /// The names that the body knows first: its parameters.
    private func parameterNames(of block: Declaration, _ call: Call) throws(Reported) -> Environment {
        let names = block.parameters.map(\.name.text).joined(separator: ", ")
        guard call.parameters.count <= block.parameters.count else {
            throw fail(
                "wrong-parameter-count",
                "'\(block.name.text)' takes \(block.parameters.count) argument\(block.parameters.count == 1 ? "" : "s") between < and >",
                at: call.callee.location, expected: names.isEmpty ? nil : "<\(names)>", found: "\(call.parameters.count)")
        }
        var inner = Environment()
        var isSound = true
        for (position, parameter) in block.parameters.enumerated() {
            let value: CompileTimeValue?
            if position < call.parameters.count {
                value = converted(call.parameters[position], to: parameter)
            } else if let expression = parameter.defaultValue {
                // A default sees the parameters before it, not the names around the call.
                let outer = environment
                environment = inner
                value = converted(expression, to: parameter)
                environment = outer
            } else {
                throw fail(
                    "missing-parameter", "'\(block.name.text)' needs its parameter '\(parameter.name.text)'",
                    at: call.callee.location, notes: ["write \(block.name.text)<\(names)>(…)"])
            }
            isSound = isSound && value != nil
            inner.fix(parameter.name.text, value.map(Binding.known) ?? .poison)
        }
        guard isSound else { throw Reported() }
        return inner
    }

    /// Binds inputs by position; bare names in their types stand for the sizes found.
    private func bindInputs(
        of block: Declaration, _ call: Call, _ operands: [ValueID], in inner: inout Environment
    ) throws(Reported) {
        let pairs = Array(zip(block.inputs, operands).enumerated())
        for (position, (input, id)) in pairs {
            let found = builder.type(of: id)
            guard found.shape.rank == input.type.dimensions.count else {
                throw fail(
                    "rank-mismatch", "'\(input.name.text)' of \(block.name.text) has another number of dimensions",
                    at: call.operands[position].location, expected: SyntaxPrinter.print(input.type), found: "\(found)")
            }
            for (expression, size) in zip(input.type.dimensions, found.shape.dimensions) {
                guard case .name(let symbol) = expression.kind, inner[symbol] == nil else { continue }
                inner.fix(symbol, size.constant.map { .known(.int($0)) } ?? .size(size))
            }
        }
        for (input, id) in zip(block.inputs, operands) where !inner.isFixed(input.name.text) {
            inner.define(input.name.text, .value(id))
        }
        let outer = environment
        environment = inner
        defer { environment = outer }
        for (position, (input, id)) in pairs {
            guard check(
                builder.type(of: id), is: try type(input.type, isResult: true), for: "'\(input.name.text)' of \(block.name.text)",
                at: call.operands[position].location)
            else { throw Reported() }
        }
    }
}
