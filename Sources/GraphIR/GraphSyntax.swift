import GraphLanguage

/// Graphs as syntax trees, so that every stage prints in the one grammar and is read again by it.
extension Entry {
    /// `entry train edsr(lr: u8[N, H, W, 3], …) -> (…) { … }`: an equal graph when elaborated.
    public func syntax(documentation: [String] = []) -> Declaration {
        Declaration(
            keyword: .entry, documentation: documentation, role: Name(role.rawValue), name: Name(graph.name),
            inputs: graph.nodes.filter { $0.content == .input }.map(\.typedName),
            outputs: graph.outputs.map { TypedName(name: Name($0.name), type: graph[$0.value].type.syntax) },
            body: graph.statements, at: .none)
    }
}

extension Module {
    /// A file that begins with its stage and holds every entry.
    public func syntax(stage: String) -> SourceFile {
        SourceFile(
            stage: Name(stage),
            declarations: entries.enumerated().map { position, entry in
                entry.syntax(documentation: position == 0 ? documentation : [])
            })
    }
}

extension Graph {
    /// The body: storage, assignments in order, grouped where fused, then measures and updates.
    fileprivate var statements: [Statement] {
        var statements: [Statement] = []
        var groupOf: [ValueID: Int] = [:]
        for (index, group) in groups.enumerated() {
            for member in group.members { groupOf[member] = index }
        }
        var printedGroups: Set<Int> = []
        for id in ids {
            switch self[id].content {
            case .input, .constant:
                continue
            case .weight(let path, let initializer):
                statements.append(storage(.weight, self[id], initializer, path))
            case .state(let path, let initializer):
                statements.append(storage(.state, self[id], initializer, path))
            case .scalar:
                statements.append(Statement(.storage(.scalar, self[id].typedName, initializer: nil, path: nil), at: .none))
            case .operation:
                guard let index = groupOf[id] else {
                    statements.append(assignment(id))
                    continue
                }
                guard printedGroups.insert(index).inserted else { continue }
                let group = groups[index]
                statements.append(
                    Statement(
                        .fuse(
                            Name(group.name), kernel: group.kernel.map { Name($0.rawValue) }, body: group.members.map(assignment)),
                        at: .none))
            }
        }
        for measure in measures {
            let keyword: Statement.MeasureKeyword = measure.role == .loss ? .loss : .metric
            statements.append(Statement(.measure(keyword, Name(measure.name), reference(measure.value)), at: .none))
        }
        for update in updates {
            statements.append(Statement(.update(Name(self[update.target].name), reference(update.value)), at: .none))
        }
        return statements + outputAliases
    }

    /// An output whose value goes by another name is that value's alias. These lines stand last, since
    /// an alias may take the name of an inner value.
    private var outputAliases: [Statement] {
        var taken = Set(nodes.map(\.name) + outputs.map(\.name) + sizeSymbols)
        var kept: [Statement] = []
        var aliases: [Statement] = []
        var assigned: Set<String> = []
        for output in outputs where self[output.value].name != output.name {
            var source = reference(output.value)
            if assigned.contains(self[output.value].name) {
                // An alias before this one takes the value's name, so it is kept under another.
                var name = "kept"
                var suffix = 0
                while !taken.insert(name).inserted {
                    suffix += 1
                    name = "kept_\(suffix)"
                }
                kept.append(Statement(.assignment(Name(name), nil, source), at: .none))
                source = Expression(.name(name), at: .none)
            }
            aliases.append(Statement(.assignment(Name(output.name), nil, source), at: .none))
            assigned.insert(output.name)
        }
        return kept + aliases
    }

    private func storage(
        _ keyword: Statement.StorageKeyword, _ node: Node, _ initializer: Initializer, _ path: String
    ) -> Statement {
        Statement(
            .storage(
                keyword, node.typedName, initializer: initializer.syntax,
                path: Path([.text(path)], at: .none)), at: .none)
    }

    private func assignment(_ id: ValueID) -> Statement {
        let node = self[id]
        guard let operation = node.operation else { preconditionFailure("only operations are assigned") }
        return Statement(.assignment(Name(node.name), node.type.syntax, expression(operation)), at: .none)
    }

    private func expression(_ operation: Operation) -> Expression {
        // An operator on numbers alone would be computed when the text is read.
        let isOfNumbers = operation.operands.allSatisfy { if case .constant = self[$0].content { true } else { false } }
        return operation.syntax(operation.operands.map(reference), asOperator: !isOfNumbers)
    }

    /// A constant as its number, any other value by its name.
    private func reference(_ id: ValueID) -> Expression {
        if case .constant(let number) = self[id].content { return .number(number) }
        return Expression(.name(self[id].name), at: .none)
    }
}

extension Operation {
    /// The operation as source holds it: as an operator where there is one, without attributes that are as they are if
    /// left out.
    package func syntax(_ operands: [Expression], asOperator: Bool = true) -> Expression {
        if asOperator {
            if let symbol = op.symbol { return Expression(.binary(symbol, operands[0], operands[1]), at: .none) }
            if op == .negate { return Expression(.negate(operands[0]), at: .none) }
        }
        let word = asOperator ? op.function?.rawValue ?? op.rawValue : op.rawValue
        let declarations = op.definition.signature.attributes
        let attributes = attributes.pairs.filter { pair in
            declarations.first { $0.name == pair.name }?.defaultValue != pair.value
        }
        return Expression(
            .call(
                Call(
                    callee: Name(word), operands: operands,
                    attributes: attributes.map { Call.Attribute(name: Name($0.name), value: $0.value.syntax) })), at: .none)
    }
}

extension Node {
    fileprivate var typedName: TypedName { TypedName(name: Name(name), type: type.syntax) }
}

extension TensorType {
    /// The type as the printer takes it.
    public var syntax: TypeSyntax {
        TypeSyntax(element: Name(element.rawValue), dimensions: shape.dimensions.map(\.syntax), at: .none)
    }
}

extension AttributeValue {
    fileprivate var syntax: Expression {
        switch self {
        case .size(let size): size.syntax
        case .sizes(let sizes): Expression(.list(sizes.map(\.syntax)), at: .none)
        case .float(let number): .number(number)
        case .padding(let word): Expression(.name(word.rawValue), at: .none)
        case .truth(let truth): Expression(.boolean(truth), at: .none)
        case .word(let word): Expression(.name(word), at: .none)
        case .table(let table): table.syntax
        }
    }
}

extension NumberTable {
    /// Lists within lists.
    fileprivate var syntax: Expression {
        var items = values.map(Expression.number)
        for length in shape.reversed() {
            items = stride(from: 0, to: items.count, by: length).map { start in
                Expression(.list(Array(items[start..<start + length])), at: .none)
            }
        }
        return items[0]
    }
}

extension Expression {
    /// Whole numbers print without a point, but for a negative zero, which an int is not.
    package static func number(_ number: Double) -> Expression {
        if number == 0, number.sign == .minus { return Expression(.negate(Expression(.float(0), at: .none)), at: .none) }
        if number < 0 { return Expression(.negate(.number(-number)), at: .none) }
        if let whole = Int(exactly: number), whole < 1 << 53 { return Expression(.integer(whole), at: .none) }
        return Expression(.float(number), at: .none)
    }
}

extension Name {
    /// A name that stands nowhere yet.
    package init(_ text: String) { self.init(text, at: .none) }
}
