import GraphLanguage

/// The rules of statements.
extension Elaborator {
    func elaborate(body: [Statement]) {
        for statement in body {
            guard countStatement(at: statement.location) else { return }
            try? elaborate(statement)
        }
    }

    private func countStatement(at location: SourceLocation) -> Bool {
        statementCount += 1
        if statementCount > ElaborationLimits.statementCount
            || builder.graph.nodes.count > ElaborationLimits.nodeCount
        {
            report("too-large", "the model is too large: at most \(ElaborationLimits.nodeCount) operations",
                at: location)
            return false
        }
        return true
    }

    private func elaborate(_ statement: Statement) throws(Reported) {
        builder.origin = origin(at: statement.location)
        switch statement.kind {
        case .assignment(let name, let declared, let expression):
            try assign(name, declared, expression)
        case .storage(let keyword, let typed, let initializer, let path):
            try declare(keyword, typed, initializer, path)
        case .repeat(let variable, let lower, let upper, let carry, let body):
            try unroll(variable, lower, upper, carry, body)
        case .if(let condition, let carry, let then, let otherwise):
            try choose(condition, carry, then, otherwise)
        case .measure(let keyword, let name, let expression):
            try measure(keyword, name, expression)
        case .update(let name, let expression):
            try update(name, expression)
        case .fuse(let name, let kernel, let body):
            try fuse(name, kernel, body)
        case .directive:
            break  // A schedule's lines belong to the compiler, which reads them beside the graph.
        }
    }

    private func assign(_ name: Name, _ declared: TypeSyntax?, _ expression: Expression) throws(Reported) {
        guard !environment.needsCarry(name.text) else {
            environment.define(name.text, .poison)
            throw fail("missing-carry", "'\(name.text)' belongs to the outside; a repeat or if changes it only through carry",
                at: name.location, notes: ["write: carry \(name.text)"])
        }
        do {
            let binding = try evaluate(expression, named: name.text)
            if let declared {
                let type = try type(declared)
                guard case .value(let id) = binding else {
                    throw fail("not-a-tensor", "'\(name.text)' is declared as \(type), but its value is not a tensor",
                        at: expression.location)
                }
                check(builder.type(of: id), is: type, for: "'\(name.text)'", at: declared.location)
            }
            environment.define(name.text, binding)
        } catch {
            environment.define(name.text, .poison)
            throw Reported()
        }
    }

    private func declare(
        _ keyword: Statement.StorageKeyword, _ typed: TypedName, _ initializer: Name?, _ path: Path?
    ) throws(Reported) {
        let name = typed.name
        environment.define(name.text, .poison)
        let type = try type(typed.type)
        guard type.element == .f32 else {
            throw fail("element-mismatch", "a \(keyword.rawValue) is f32", at: typed.type.location, found: "\(type)")
        }
        let content: Node.Content
        if keyword == .scalar {
            guard type.shape.rank == 0 else {
                throw fail("rank-mismatch", "a scalar is f32[]", at: typed.type.location, found: "\(type)")
            }
            content = .scalar
        } else {
            guard type.shape.constant != nil else {
                throw fail("symbolic-weight", "the sizes of a \(keyword.rawValue) must be known when compiling",
                    at: typed.type.location, found: "\(type)")
            }
            let full = try storagePath(name, path)
            let start = try self.initializer(initializer, for: name)
            content = keyword == .weight ? .weight(path: full, initializer: start) : .state(path: full, initializer: start)
        }
        do {
            try TensorLimits.check(type)
        } catch {
            throw fail(error.code, error.message, at: typed.type.location, expected: error.expected, found: error.found)
        }
        environment.define(name.text, .value(builder.declare(content, type: type, named: name.text)))
    }

    private func initializer(_ word: Name?, for name: Name) throws(Reported) -> Initializer {
        let known = Initializer.allCases.map(\.rawValue)
        guard let word else {
            throw fail("missing-initializer", "'\(name.text)' does not say how it begins", at: name.location,
                notes: ["write ~ and one of \(known.joined(separator: ", "))"])
        }
        guard let initializer = Initializer(rawValue: word.text) else {
            throw fail("unknown-name", "there is no initializer '\(word.text)'", at: word.location,
                suggestion: Spelling.nearest(to: word.text, among: known),
                notes: ["there are \(known.joined(separator: ", "))"])
        }
        return initializer
    }

    /// The whole path of a weight: those of the calls around it, then its own.
    private func storagePath(_ name: Name, _ path: Path?) throws(Reported) -> String {
        let own = try path.map { path throws(Reported) in try text(of: path) } ?? name.text
        var full = own
        for frame in frames.reversed() {
            guard case .call(let callee, let prefix) = frame else { continue }
            guard let prefix else {
                throw fail("missing-path", "'\(callee.text)' holds weights, so its call needs a path",
                    at: callee.location, notes: ["write @name behind the call"])
            }
            full = prefix.isEmpty ? own : "\(prefix).\(own)"
            break
        }
        if let other = weightPaths.updateValue(name.location, forKey: full) {
            let place = frames.reversed().lazy.compactMap { frame -> SourceLocation? in
                if case .call(let callee, _) = frame { callee.location } else { nil }
            }.first
            throw fail("duplicate-path", "two weights are named @\(full)", at: place ?? name.location,
                notes: ["the other is declared at \(other.line):\(other.column)"])
        }
        return full
    }

    private func unroll(
        _ variable: Name, _ lower: Expression, _ upper: Expression, _ carry: [Name], _ body: [Statement]
    ) throws(Reported) {
        guard let first = try? integer(lower), let end = try? integer(upper) else {
            for name in carry { environment.define(name.text, .poison) }
            throw Reported()
        }
        guard end - first <= ElaborationLimits.statementCount else {
            throw fail("too-large", "a repeat takes at most \(ElaborationLimits.statementCount) turns",
                at: upper.location, found: "\(end - first)")
        }
        guard end >= first else {
            throw fail("bad-range", "the range ends before it begins", at: upper.location, found: "\(first)..<\(end)")
        }
        checkCarry(carry)
        for value in first..<end {
            guard countStatement(at: variable.location) else { return }
            frames.append(.turn(variable: variable.text, value: value))
            environment.push(carry: carry.map(\.text))
            environment.define(variable.text, .known(.int(value)))
            elaborate(body: body)
            environment.pop()
            frames.removeLast()
        }
    }

    private func choose(
        _ condition: Expression, _ carry: [Name], _ then: [Statement], _ otherwise: Statement.Branch?
    ) throws(Reported) {
        guard case .bool(let isTaken) = try known(condition) else {
            throw fail("wrong-kind", "a condition is true or false", at: condition.location)
        }
        let branch = isTaken ? Statement.Branch(carry: carry, body: then) : otherwise
        guard let branch else { return }
        checkCarry(branch.carry)
        environment.push(carry: branch.carry.map(\.text))
        elaborate(body: branch.body)
        environment.pop()
    }

    private func checkCarry(_ carry: [Name]) {
        for name in carry where environment[name.text] == nil {
            report("unknown-name", "carry names '\(name.text)', which is not known here", at: name.location,
                suggestion: Spelling.nearest(to: name.text, among: environment.names))
            environment.define(name.text, .poison)
        }
    }

    private func measure(_ keyword: Statement.MeasureKeyword, _ name: Name, _ expression: Expression) throws(Reported) {
        let id = try value(expression, named: name.text)
        guard builder.type(of: id) == .scalar else {
            throw fail("rank-mismatch", "a \(keyword.rawValue) is one number", at: expression.location,
                expected: "f32[]", found: "\(builder.type(of: id))")
        }
        let role: Measure.Role = keyword == .loss ? .loss : .metric
        if builder.graph.measures.contains(where: { $0.name == name.text }) {
            throw fail("duplicate-name", "'\(name.text)' is measured twice", at: name.location)
        }
        if role == .loss, builder.graph.measures.contains(where: { $0.role == .loss }) {
            throw fail("duplicate-name", "there is one loss; this is another", at: name.location)
        }
        builder.setMeasure(role, name.text, id)
    }

    private func update(_ name: Name, _ expression: Expression) throws(Reported) {
        let target = try value(Expression(.name(name.text), at: name.location), named: nil)
        switch builder.graph[target].content {
        case .weight, .state: break
        default: throw fail("bad-update", "'\(name.text)' is neither weight nor state", at: name.location)
        }
        let id = try value(expression, named: nil)
        check(builder.type(of: id), is: builder.type(of: target), for: "'\(name.text)'", at: expression.location)
        guard !builder.graph.updates.contains(where: { $0.target == target }) else {
            throw fail("duplicate-name", "'\(name.text)' is updated twice", at: name.location)
        }
        builder.setUpdate(target, id)
    }

    private func fuse(_ name: Name, _ kernel: Name?, _ body: [Statement]) throws(Reported) {
        let first = builder.graph.nodes.count
        elaborate(body: body)
        let members = builder.graph.ids[first...].filter { builder.graph[$0].operation != nil }
        guard !members.isEmpty else {
            throw fail("empty-step", "step '\(name.text)' computes nothing", at: name.location)
        }
        guard !builder.graph.groups.contains(where: { $0.name == name.text }) else {
            throw fail("duplicate-name", "step '\(name.text)' stands twice", at: name.location)
        }
        builder.setGroup(Group(name: name.text, members: Array(members), kernel: kernel?.text))
    }
}
