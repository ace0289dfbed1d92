import GraphLanguage
import GraphKernelInterface

/// The rules of statements.
extension Elaborator {
    func elaborate(body: [Statement]) {
        for statement in body {
            guard !isStopped else { return }
            try? elaborate(statement)
        }
    }

    private func elaborate(_ statement: Statement) throws(Reported) {
        try countStep(at: statement.location)
        switch statement.kind {
        case .assignment(let name, let declared, let expression):
            try assign(name, declared, expression)
        case .storage(let keyword, let typed, let initializer, let path):
            try declare(keyword, typed, initializer, path)
        case .repeat(let variable, let lower, let upper, let carry, let body):
            try unroll(variable, lower, upper, carry, body)
        case .if(let condition, let carry, let then, let otherwise):
            try choose(condition, carry, then, otherwise)
        case .measure(let measureKeyword, let name, let expression):
            try requireTrain("a \(measureKeyword.rawValue)", at: statement.location)
            try measure(measureKeyword, name, expression)
        case .update(let name, let expression):
            guard keyword != .predict || frames.contains(where: { $0.call != nil }) else {
                throw fail(.misplacedStatement, "an update belongs to training, not to 'predict'", at: statement.location)
            }
            try update(name, expression)
        case .fuse(let name, let kernel, let body):
            try requireDump("fuse", at: statement.location)
            try fuse(name, kernel, body)
        case .directive(let directive, _, _):
            // The lines of a plan are read beside the graph, by the compiler.
            try requireDump(directive.rawValue, at: statement.location)
        case .unreadable(let names, let header, let body):
            for name in names where !environment.isFixed(name.text) { environment.define(name.text, .poison) }
            lookUpNames(in: body, carry: [], header: header)
        }
    }

    private func requireTrain(_ what: String, at location: SourceLocation) throws(Reported) {
        guard keyword == .entry || (keyword == .train && !frames.contains { $0.call != nil }) else {
            throw fail(.misplacedStatement, "\(what) belongs to the body of 'train'", at: location)
        }
    }

    private func requireDump(_ what: String, at location: SourceLocation) throws(Reported) {
        guard keyword == .entry else {
            throw fail(
                .misplacedStatement, "'\(what)' is written by the compiler and belongs to an 'entry'", at: location)
        }
    }

    // MARK: Names

    private func assign(_ name: Name, _ declared: TypeSyntax?, _ expression: Expression) throws(Reported) {
        let binding = try? evaluate(expression, declared, named: name.text)
        try requireFree(name)
        guard !environment.needsCarry(name.text) else {
            environment.define(name.text, .poison)
            throw fail(
                .missingCarry, "'\(name.text)' is defined outside; a repeat or if can change it only through carry",
                at: name.location, notes: ["write 'carry \(name.text)' in front of the '{'"])
        }
        environment.define(name.text, binding ?? .poison)
    }

    /// What is assigned to a name, its declared type checked.
    private func evaluate(
        _ expression: Expression, _ declared: TypeSyntax?, named name: String
    ) throws(Reported) -> Binding {
        let stated: TensorType? = if let declared { try? type(declared, isResult: true) } else { nil }
        let binding = try evaluate(expression, named: name)
        if let declared {
            guard let stated else { throw Reported() }
            let id = try value(of: binding, at: expression.location)
            // The name keeps its value even so: what uses it is right or wrong on its own.
            _ = check(builder.type(of: id), is: stated, for: "'\(name)'", at: declared.location)
        }
        // In a dump, each value has its name already, and this is an output's alias.
        if keyword != .entry, case .value(let id) = binding { builder.suggest(name, for: id) }
        return binding
    }

    /// Checks that a name is not one that types and paths are written with.
    private func requireFree(_ name: Name) throws(Reported) {
        guard environment.isFixed(name.text), let binding = environment[name.text] else { return }
        let what = if case .size = binding { "a size" } else { "a parameter or counter" }
        throw fail(
            .duplicateName, "'\(name.text)' is \(what) and keeps its value; choose another name", at: name.location)
    }

    private func declare(
        _ keyword: Statement.StorageKeyword, _ typed: TypedName, _ initializer: InitializerSyntax?, _ path: Path?
    ) throws(Reported) {
        let name = typed.name
        try requireFree(name)
        environment.define(name.text, .poison)
        let start = keyword == .scalar ? nil : try? self.initializer(initializer, for: name)
        let type = try type(typed.type, isResult: false)
        guard !isLookingUp else { throw Reported() }
        guard type.element == .f32 else {
            throw fail(.elementMismatch, "a \(keyword.rawValue) must be f32", at: typed.type.location, found: "\(type)")
        }
        let content: Node.Content
        if keyword == .scalar {
            guard type.shape.rank == 0 else {
                throw fail(
                    .rankMismatch, "a scalar must be one number", at: typed.type.location, expected: "f32[]", found: "\(type)")
            }
            if self.keyword != .entry, TrainingScalars.all.contains(name.text) {
                throw fail(
                    .reservedWord, "'\(name.text)' is a number that training supplies; give the scalar another name",
                    at: name.location)
            }
            content = .scalar
        } else {
            guard type.shape.constant != nil else {
                throw fail(
                    .symbolicWeight, "the sizes of a \(keyword.rawValue) must be known when compiling",
                    at: symbolicDimension(of: typed.type, type).location, found: "\(type)",
                    notes: ["sizes of inputs are known only when the model runs"])
            }
            let full = try storagePath(keyword, name, path)
            guard let start else { throw Reported() }
            content = keyword == .weight ? .weight(path: full, initializer: start) : .state(path: full, initializer: start)
        }
        builder.origin = origin(at: name.location)
        environment.define(name.text, .value(builder.declare(content, type: type, named: name.text)))
    }

    /// The first dimension that depends on the sizes of inputs.
    private func symbolicDimension(of syntax: TypeSyntax, _ type: TensorType) -> Expression {
        let pairs = zip(syntax.dimensions, type.shape.dimensions)
        return pairs.first { $0.1.constant == nil }?.0 ?? Expression(.name(""), at: syntax.location)
    }

    private func initializer(_ syntax: InitializerSyntax?, for name: Name) throws(Reported) -> Initializer {
        let known = Initializer.Word.allCases.map(\.shown).joined(separator: ", ")
        guard let syntax else {
            throw fail(
                .missingInitializer, "'\(name.text)' has no initializer", at: name.location,
                notes: ["write ~ and one of \(known)"])
        }
        guard let word = Initializer.Word(rawValue: syntax.word.text) else {
            throw fail(
                .unknownName, "there is no initializer '\(syntax.word.text)'", at: syntax.word.location,
                suggestion: Spelling.nearest(to: syntax.word.text, among: Initializer.Word.allCases.map(\.rawValue)),
                notes: ["there are \(known)"])
        }
        switch (word, syntax.number) {
        case (.zeros, nil): return .zeros
        case (.ones, nil): return .ones
        case (.constant, let number?): return .constant(try constant(number))
        case (.glorotUniform, nil): return .glorotUniform
        case (.heNormal, nil): return .heNormal
        case (.constant, nil):
            throw fail(.badInitializer, "'constant' takes its number, as constant(0.25)", at: syntax.word.location)
        case (_, let number?):
            throw fail(.badInitializer, "'\(word.rawValue)' takes no number", at: number.location)
        }
    }

    private func constant(_ expression: Expression) throws(Reported) -> Double {
        let value = try known(expression)
        guard let number = value.number, Float(number).isFinite else {
            throw fail(
                .badInitializer, "'constant' takes a number that f32 can hold", at: expression.location, found: "\(value)")
        }
        return number
    }

    // MARK: Paths

    /// The whole path of a weight: those of the calls around it, then its own.
    private func storagePath(
        _ what: Statement.StorageKeyword, _ name: Name, _ path: Path?
    ) throws(Reported) -> String {
        var parts = [try path.map { path throws(Reported) in try text(of: path) } ?? name.text]
        for (depth, frame) in frames.enumerated().reversed() {
            guard case .call(let call, let prefix) = frame else { continue }
            guard let prefix else {
                throw fail(
                    .missingPath, "'\(call.callee.text)' holds weights, so its call needs a path",
                    at: call.callee.location, notes: ["write @name after the call's ')'"], depth: depth)
            }
            parts.append(prefix)
        }
        let full = parts.reversed().joined(separator: ".")
        guard full.utf8.count <= ElaborationLimits.pathLength else {
            throw fail(
                .nameTooLong, "a path has at most \(ElaborationLimits.pathLength) characters", at: name.location,
                found: "\(full.utf8.count)")
        }
        guard keyword == .entry || !TrainingStates.contain(full) else {
            throw fail(
                .reservedWord, "'\(full)' is a path of what training keeps; give the \(what.rawValue) another one",
                at: path?.location ?? name.location)
        }
        if let other = weightSites[full] { throw duplicatePath(full, name, other) }
        weightSites[full] = (name.location, frames)
        return full
    }

    /// Points at the outermost call by which the two weights of one path differ.
    private func duplicatePath(
        _ full: String, _ name: Name, _ other: (location: SourceLocation, frames: [ElaborationFrame])
    ) -> Reported {
        let common = zip(frames, other.frames).prefix { $0.isSame(as: $1) }.count
        let depth = frames[common...].firstIndex { $0.call != nil } ?? frames.count
        let call = depth < frames.count ? frames[depth].call : nil
        let note: String
        if common < frames.count, case .iteration(let variable, _) = frames[common] {
            note = "each iteration needs a path of its own: put {\(variable)} into it"
        } else {
            let place = other.frames[common...].lazy.compactMap(\.call?.callee.location).first ?? other.location
            note = "the first is named at \(place.line):\(place.column)"
        }
        return fail(
            .duplicatePath, "two weights are named @\(full)",
            at: call?.path?.location ?? call?.callee.location ?? name.location, notes: [note], depth: depth)
    }

    // MARK: Repeat and if

    private func unroll(
        _ variable: Name, _ lower: Expression, _ upper: Expression, _ carry: [Name], _ body: [Statement]
    ) throws(Reported) {
        if isLookingUp { return lookUpNames(within: body, carry: carry, header: [variable]) }
        do {
            checkCarry(carry.filter { $0 != variable })
            let lowest = try? integer(lower)
            let end = try integer(upper)
            guard let first = lowest else { throw Reported() }
            guard end >= first else {
                throw fail(
                    .badRange, "the range ends before it begins", at: upper.location, found: "\(first)..<\(end)")
            }
            guard carry.allSatisfy({ $0 != variable }) else {
                throw fail(
                    .duplicateName, "'\(variable.text)' counts the iterations and cannot be carried", at: variable.location)
            }
            var isSound = true
            for value in first..<end {
                let mistakeCount = diagnostics.count
                try iterate(variable, value, carry, body)
                guard diagnostics.count > mistakeCount else { continue }
                // The iterations that follow may hold other mistakes, but none that come of this one.
                isSound = false
                poison(carry)
            }
            if end == first { lookUpNames(in: body, carry: carry, header: [variable]) }
            guard isSound else { throw Reported() }
        } catch {
            lookUpNames(in: body, carry: carry, header: [variable])
            poison(carry)
            throw Reported()
        }
    }

    private func iterate(_ variable: Name, _ value: Int, _ carry: [Name], _ body: [Statement]) throws(Reported) {
        try countStep(at: variable.location)
        stepCount += carry.count
        frames.append(.iteration(variable: variable.text, value: value))
        environment.push(carry: carry.map(\.text))
        environment.fix(variable.text, .known(.int(value)))
        elaborate(body: body)
        environment.pop()
        frames.removeLast()
    }

    private func choose(
        _ condition: Expression, _ carry: [Name], _ then: [Statement], _ otherwise: Statement.Branch?
    ) throws(Reported) {
        let value: CompileTimeValue
        do {
            value = try known(condition)
            if value.number != nil {
                throw fail(.wrongKind, "a condition must be true or false", at: condition.location, found: "\(value)")
            }
        } catch {
            checkCarry(carry)
            lookUpNames(in: then, carry: carry)
            lookUpNames(in: otherwise?.body ?? [], carry: otherwise?.carry ?? [])
            poison(carry + (otherwise?.carry ?? []))
            throw Reported()
        }
        let first = Statement.Branch(carry: carry, body: then)
        let (taken, other) = value == .bool(true) ? (first, otherwise) : (otherwise, first)
        if let taken { checkCarry(taken.carry) }
        if let other { lookUpNames(in: other.body, carry: other.carry) }
        guard let taken else { return }
        stepCount += taken.carry.count
        environment.push(carry: taken.carry.map(\.text))
        elaborate(body: taken.body)
        environment.pop()
    }

    /// What is carried exists outside, may change, and is carried by the repeats and ifs around too.
    func checkCarry(_ carry: [Name]) {
        for name in carry {
            if environment[name.text] == nil {
                report(
                    .unknownName, "'carry' names '\(name.text)', which is not known here", at: name.location,
                    suggestion: Spelling.nearest(to: name.text, among: environment.names),
                    notes: ["give it a value before the repeat or if"])
                environment.define(name.text, .poison)
            } else if environment.isFixed(name.text) {
                try? requireFree(name)
            } else if environment.needsCarry(name.text) {
                report(
                    .missingCarry,
                    "the repeat or if around this one does not carry '\(name.text)', so that its new value would be lost",
                    at: name.location, notes: ["write 'carry \(name.text)' there too"])
                environment.define(name.text, .poison)
            }
        }
    }

    /// Silences what follows from a repeat or if that went wrong.
    private func poison(_ carry: [Name]) {
        for name in carry where !environment.isFixed(name.text) && !environment.needsCarry(name.text) {
            environment.define(name.text, .poison)
        }
    }

    // MARK: Measures, updates, steps

    private func measure(_ keyword: Statement.MeasureKeyword, _ name: Name, _ expression: Expression) throws(Reported) {
        let role: Measure.Role = keyword == .loss ? .loss : .metric
        let measured = try? value(expression, named: name.text)
        guard !isLookingUp else { throw Reported() }
        if role == .loss {
            guard !isLossDeclared else {
                throw fail(
                    .duplicateName, "a model has one loss, and this is another", at: name.location,
                    notes: ["add them up to minimise both, or make one a metric"])
            }
            isLossDeclared = true
        }
        guard let id = measured else { throw Reported() }
        guard builder.type(of: id) == .scalar else {
            throw fail(
                .rankMismatch, "a \(keyword.rawValue) must be one number; take the mean or sum", at: expression.location,
                expected: "f32[]", found: "\(builder.type(of: id))")
        }
        guard measureNames.insert(name.text).inserted else {
            throw fail(.duplicateName, "two measures are named '\(name.text)'", at: name.location)
        }
        builder.setMeasure(role, name.text, id)
    }

    private func update(_ name: Name, _ expression: Expression) throws(Reported) {
        let next = try? value(expression, named: nil)
        guard !isLookingUp else { throw Reported() }
        let target = try value(Expression(.name(name.text), at: name.location), named: nil)
        switch builder.graph[target].content {
        case .weight, .state: break
        default:
            throw fail(
                .badUpdate, "'\(name.text)' is neither weight nor state, so it cannot be updated", at: name.location)
        }
        guard let id = next else { throw Reported() }
        guard
            check(
                builder.type(of: id), is: builder.type(of: target), for: "the new value of '\(name.text)'",
                at: expression.location)
        else { throw Reported() }
        guard updatedTargets.insert(target).inserted else {
            throw fail(.duplicateName, "'\(name.text)' is updated twice", at: name.location)
        }
        // The bodies that other entries share update nothing there.
        if isTraining || keyword == .entry { builder.setUpdate(target, id) }
    }

    private func fuse(_ name: Name, _ kernel: Name?, _ body: [Statement]) throws(Reported) {
        let first = builder.graph.nodes.count
        elaborate(body: body)
        let members = (first..<builder.graph.nodes.count).map(ValueID.init).filter { builder.graph[$0].operation != nil }
        guard !members.isEmpty else {
            throw fail(.emptyStep, "step '\(name.text)' computes nothing", at: name.location)
        }
        guard stepNames.insert(name.text).inserted else {
            throw fail(.duplicateName, "step '\(name.text)' stands twice", at: name.location)
        }
        builder.setGroup(Group(name: name.text, members: members, kernel: try kernel.map(self.kernel)))
    }

    private func kernel(_ name: Name) throws(Reported) -> KernelName {
        if let kernel = KernelName(rawValue: name.text) { return kernel }
        throw fail(
            .unknownName, "there is no kernel '\(name.text)'", at: name.location,
            suggestion: Spelling.nearest(to: name.text, among: KernelName.allCases.map(\.rawValue)))
    }
}
