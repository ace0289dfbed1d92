import GraphLanguage

/// The rules of calls: ops, blocks, and functions of compile-time values.
extension Elaborator {
    func evaluate(_ call: Call, at location: SourceLocation, named name: String?) throws(Reported) -> Binding {
        let callee = call.callee.text
        if let block = blocks[callee] { return .value(try expand(block, call)) }
        guard call.path == nil else {
            throw fail("useless-path", "only a block's call has a path; '\(callee)' holds no weights",
                at: call.path?.location ?? location)
        }
        guard call.parameters.isEmpty else {
            throw fail("unknown-parameter", "'\(callee)' takes no arguments between < and >", at: call.callee.location)
        }
        if isFunction(callee) { return try compute(call, at: location) }
        guard let op = OpRegistry[callee] else {
            let known = Array(blocks.keys) + OpRegistry.names + Self.functions
            throw fail("unknown-name", "there is no op or block '\(callee)'", at: call.callee.location,
                suggestion: Spelling.nearest(to: callee, among: known))
        }
        return .value(try apply(op, call, named: name))
    }

    // MARK: Ops

    private func apply(_ op: any Op, _ call: Call, named name: String?) throws(Reported) -> ValueID {
        let signature = op.signature
        // Positions behind the tensor operands are the attributes in their order: clip(x, 0, 255).
        let operandCount = signature.isVariadic ? call.operands.count : min(call.operands.count, signature.operands.count)
        var operands: [ValueID] = []
        var isSound = true
        for expression in call.operands[..<operandCount] {
            if let id = try? value(expression, named: nil) { operands.append(id) } else { isSound = false }
        }
        var attributes = Attributes()
        let positional = Array(call.operands[operandCount...])
        guard positional.count <= signature.attributes.count else {
            throw fail("wrong-operand-count", "\(op.name) takes \(signature.operands.count) operand\(signature.operands.count == 1 ? "" : "s")",
                at: call.callee.location, expected: signature.operands.joined(separator: ", "),
                found: "\(call.operands.count) operands")
        }
        for (declaration, expression) in zip(signature.attributes, positional) {
            attributes[declaration.name] = try attribute(expression, declaration)
        }
        for given in call.attributes {
            guard let declaration = signature.attributes.first(where: { $0.name == given.name.text }) else {
                let known = signature.attributes.map(\.name)
                throw fail("unknown-attribute", "\(op.name) has no attribute '\(given.name.text)'", at: given.name.location,
                    suggestion: Spelling.nearest(to: given.name.text, among: known),
                    notes: [known.isEmpty ? "it has none" : "it has \(known.joined(separator: ", "))"])
            }
            guard attributes[declaration.name] == nil else {
                throw fail("duplicate-name", "'\(declaration.name)' is given twice", at: given.name.location)
            }
            attributes[declaration.name] = try attribute(given.value, declaration)
        }
        guard isSound else { throw Reported() }
        return try apply(op.name, operands, attributes, at: call.callee.location, named: name)
    }

    func apply(
        _ op: String, _ operands: [ValueID], _ attributes: Attributes = Attributes(), at location: SourceLocation,
        named name: String?
    ) throws(Reported) -> ValueID {
        builder.origin = origin(at: location)
        do {
            return try builder.apply(op, operands, attributes, named: name ?? "t")
        } catch {
            throw fail(error.code, error.message, at: location, expected: error.expected, found: error.found)
        }
    }

    private func attribute(
        _ expression: Expression, _ declaration: AttributeDeclaration
    ) throws(Reported) -> AttributeValue {
        switch declaration.kind {
        case .symbol(let options):
            guard case .name(let word) = expression.kind, options.contains(word) else {
                throw fail("bad-attribute", "'\(declaration.name)' is one of \(options.joined(separator: ", "))",
                    at: expression.location)
            }
            return .symbol(word)
        case .integer, .size:
            return .size(try size(expression))
        case .float:
            let value = try known(expression)
            guard let number = value.number else {
                throw fail("bad-attribute", "'\(declaration.name)' is a number", at: expression.location, found: "\(value)")
            }
            return .float(number)
        case .sizes:
            guard case .list(let items) = expression.kind else {
                throw fail("bad-attribute", "'\(declaration.name)' is a list, as [0, 1]", at: expression.location)
            }
            var sizes: [Size] = []
            for item in items { sizes.append(try size(item)) }
            return .sizes(sizes)
        }
    }

    // MARK: Blocks

    private func expand(_ block: Declaration, _ call: Call) throws(Reported) -> ValueID {
        guard frames.count < ElaborationLimits.callDepth else {
            throw fail("too-deep", "blocks are nested more than \(ElaborationLimits.callDepth) deep; does one call itself?",
                at: call.callee.location)
        }
        if let attribute = call.attributes.first {
            throw fail("unknown-attribute", "a block takes no named arguments", at: attribute.name.location)
        }
        var inner = Environment()
        try bindParameters(of: block, call, in: &inner)
        try bindInputs(of: block, call, in: &inner)
        let prefix = try pathPrefix(of: call)

        let outer = environment
        environment = inner
        frames.append(.call(call.callee, pathPrefix: prefix))
        defer {
            frames.removeLast()
            environment = outer
        }
        guard checkCondition(of: block, at: call.callee.location) else { throw Reported() }
        elaborate(body: block.body)
        guard let (_, result) = results(of: block).first else { throw Reported() }
        return result
    }

    private func bindParameters(of block: Declaration, _ call: Call, in inner: inout Environment) throws(Reported) {
        guard call.parameters.count <= block.parameters.count else {
            throw fail("wrong-parameter-count", "'\(block.name.text)' takes \(block.parameters.count) arguments between < and >",
                at: call.callee.location, found: "\(call.parameters.count)")
        }
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
                throw fail("missing-parameter", "'\(block.name.text)' needs '\(parameter.name.text)'",
                    at: call.callee.location, notes: ["write \(block.name.text)<\(block.parameters.map(\.name.text).joined(separator: ", "))>(…)"])
            }
            guard let value else { throw Reported() }
            inner.define(parameter.name.text, .known(value))
        }
    }

    /// Binds inputs by position; bare names in their types stand for the sizes found.
    private func bindInputs(of block: Declaration, _ call: Call, in inner: inout Environment) throws(Reported) {
        guard call.operands.count == block.inputs.count else {
            throw fail("wrong-operand-count", "'\(block.name.text)' takes \(block.inputs.count) operand\(block.inputs.count == 1 ? "" : "s")",
                at: call.callee.location, expected: block.inputs.map { "\($0.name.text): \($0.type)" }.joined(separator: ", "),
                found: "\(call.operands.count)")
        }
        var ids: [ValueID] = []
        var isSound = true
        for expression in call.operands {
            if let id = try? value(expression, named: nil) { ids.append(id) } else { isSound = false }
        }
        guard isSound else { throw Reported() }
        for (input, id) in zip(block.inputs, ids) {
            let found = builder.type(of: id)
            if found.shape.rank == input.type.dimensions.count {
                for (expression, size) in zip(input.type.dimensions, found.shape.dimensions) {
                    if case .name(let symbol) = expression.kind, inner[symbol] == nil {
                        inner.define(symbol, size.constant.map { .known(.int($0)) } ?? .size(size))
                    }
                }
            }
            inner.define(input.name.text, .value(id))
        }
        let outer = environment
        environment = inner
        defer { environment = outer }
        for (position, (input, id)) in zip(block.inputs, ids).enumerated() {
            guard builder.type(of: id).shape.rank == input.type.dimensions.count else {
                throw fail("rank-mismatch", "'\(block.name.text)' takes another number of dimensions",
                    at: call.operands[position].location, expected: "\(input.type)", found: "\(builder.type(of: id))")
            }
            let errorCount = diagnostics.count
            check(builder.type(of: id), is: try type(input.type), for: "'\(input.name.text)' of \(block.name.text)",
                at: call.operands[position].location)
            if diagnostics.count > errorCount { throw Reported() }
        }
    }

    /// The path of the call behind those around it; nil where it gives none.
    private func pathPrefix(of call: Call) throws(Reported) -> String? {
        guard let path = call.path else { return nil }
        let own = try text(of: path)
        for frame in frames.reversed() {
            guard case .call(let callee, let prefix) = frame else { continue }
            guard let prefix else {
                throw fail("missing-path", "'\(callee.text)' holds weights, so its call needs a path",
                    at: callee.location, notes: ["write @name behind the call"])
            }
            return "\(prefix).\(own)"
        }
        return own
    }

    // MARK: Functions

    private static let functions = ["log2", "min", "max"]

    func isFunction(_ name: String) -> Bool { Self.functions.contains(name) }

    private func compute(_ call: Call, at location: SourceLocation) throws(Reported) -> Binding {
        var numbers: [Int] = []
        for operand in call.operands { numbers.append(try integer(operand)) }
        switch (call.callee.text, numbers.count) {
        case ("log2", 1):
            let exponent = numbers[0] > 0 ? numbers[0].trailingZeroBitCount : 0
            guard numbers[0] > 0, numbers[0] == 1 << exponent else {
                throw fail("bad-arithmetic", "log2 takes a power of two", at: location, found: "\(numbers[0])")
            }
            return .known(.int(exponent))
        case ("min", 1...): return .known(.int(numbers.min() ?? 0))
        case ("max", 1...): return .known(.int(numbers.max() ?? 0))
        default:
            throw fail("wrong-operand-count", "'\(call.callee.text)' takes \(call.callee.text == "log2" ? "one number" : "numbers")",
                at: location, found: "\(numbers.count)")
        }
    }
}
