import GraphLanguage

/// The rules of an op's named arguments.
extension Elaborator {
    func attribute(
        _ expression: Expression, _ declaration: AttributeDeclaration, of op: OpName
    ) throws(Reported) -> AttributeValue {
        let value: AttributeValue
        switch (declaration.kind, expression.kind) {
        case (.padding, .name(let name)) where environment[name] == nil:
            guard let word = PaddingWord(rawValue: name) else {
                throw fail(
                    .badAttribute, "'\(declaration.name)' of \(op) \(declaration.kind.wanted)", at: expression.location,
                    suggestion: Spelling.nearest(to: name, among: PaddingWord.allCases.map(\.rawValue)))
            }
            value = .padding(word)
        case (.word, .name(let name)):
            value = .word(name)
        case (.truth, _):
            guard case .bool(let truth) = try known(expression) else {
                throw unsuitable(expression, declaration, of: op)
            }
            value = .truth(truth)
        case (.table, _):
            guard let table = try table(expression) else { throw unsuitable(expression, declaration, of: op) }
            value = .table(table)
        case (.padding, .list(let items)), (.sizes, .list(let items)), (.sides, .list(let items)),
            (.pair, .list(let items)):
            value = .sizes(try sizes(items, at: expression.location))
        case (.integer, _), (.size, _), (.padding, _), (.sides, _), (.pair, _):
            let binding = try evaluate(expression)
            switch binding {
            case .size, .known(.int): value = .size(try asSize(binding, at: expression.location))
            case .poison: throw Reported()
            default:
                throw fail(
                    .badAttribute, "'\(declaration.name)' of \(op) \(declaration.kind.wanted)", at: expression.location,
                    found: shown(binding))
            }
        case (.float, _):
            let known = try known(expression)
            guard let number = known.number else {
                throw fail(
                    .badAttribute, "'\(declaration.name)' of \(op) \(declaration.kind.wanted)", at: expression.location,
                    found: "\(known)")
            }
            value = .float(number)
        case (.sizes, _), (.word, _):
            throw unsuitable(expression, declaration, of: op)
        }
        do {
            return try declaration.checked(value, op: op)
        } catch {
            throw fail(error, at: expression.location)
        }
    }

    private func unsuitable(
        _ expression: Expression, _ declaration: AttributeDeclaration, of op: OpName
    ) -> Reported {
        fail(.badAttribute, "'\(declaration.name)' of \(op) \(declaration.kind.wanted)", at: expression.location)
    }

    /// Lists within lists of numbers that are known; nil where they are no lists, or not alike.
    private func table(_ expression: Expression) throws(Reported) -> NumberTable? {
        guard case .list(let items) = expression.kind, !items.isEmpty else { return nil }
        guard items.count <= ElaborationLimits.operandCount else {
            throw fail(
                .tooLarge, "a list has at most \(ElaborationLimits.operandCount) items", at: expression.location,
                found: "\(items.count)")
        }
        if case .list = items[0].kind {
            var rows: [NumberTable] = []
            for item in items {
                guard let row = try table(item), row.shape == rows.first?.shape ?? row.shape else { return nil }
                rows.append(row)
            }
            return NumberTable(shape: [rows.count] + rows[0].shape, values: rows.flatMap(\.values))
        }
        var values: [Double] = []
        for item in items {
            guard let number = try known(item).number, Float(number).isFinite else { return nil }
            values.append(number)
        }
        return NumberTable(shape: [values.count], values: values)
    }

    private func sizes(_ items: [Expression], at location: SourceLocation) throws(Reported) -> [Size] {
        guard items.count <= ElaborationLimits.operandCount else {
            throw fail(
                .tooLarge, "a list has at most \(ElaborationLimits.operandCount) items", at: location,
                found: "\(items.count)")
        }
        let sizes = items.map { try? size($0) }
        guard !sizes.contains(nil) else { throw Reported() }
        return sizes.compactMap { $0 }
    }
}
