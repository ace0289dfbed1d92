/// Writes a syntax tree in canonical form: reading the text again gives an equal tree.
///
/// Two spaces of indentation, one statement on a line, no parentheses that precedence makes needless.
/// Products are tight (`scale*H`) where a value is known when compiling and spaced elsewhere.
public struct SyntaxPrinter {
    /// A whole file, in the one form that printing gives.
    public static func print(_ file: SourceFile) -> String {
        var printer = SyntaxPrinter()
        if let stage = file.stage { printer.line("stage \(stage.text)") }
        for (index, declaration) in file.declarations.enumerated() {
            if index > 0 || file.stage != nil { printer.text += "\n" }
            printer.print(declaration)
        }
        return printer.text
    }

    /// One declaration, with a newline behind it.
    public static func print(_ declaration: Declaration) -> String {
        var printer = SyntaxPrinter()
        printer.print(declaration)
        return printer.text
    }

    /// One statement, with a newline behind it.
    public static func print(_ statement: Statement) -> String {
        var printer = SyntaxPrinter()
        printer.print(statement)
        return printer.text
    }

    /// A type, as `f32[N, H, W, 3]`.
    public static func print(_ type: TypeSyntax) -> String {
        "\(type.element.text)[\(list(type.dimensions, isTight: true))]"
    }

    static func print(_ initializer: InitializerSyntax) -> String {
        initializer.word.text + (initializer.number.map { "(\(print($0)))" } ?? "")
    }

    /// - Parameter isTight: whether products are written without spaces, as in `scale*H`.
    public static func print(_ expression: Expression, isTight: Bool = false) -> String {
        print(expression, above: 0, isTight: isTight)
    }

    /// Headers longer than this are broken into lines.
    private static let headerWidth = 100

    private var text = ""
    private var depth = 0

    private mutating func line(_ content: String) {
        text += String(repeating: "  ", count: depth) + content + "\n"
    }

    // MARK: Declarations

    private mutating func print(_ declaration: Declaration) {
        for comment in declaration.documentation { line(comment.isEmpty ? "///" : "/// \(comment)") }
        let parts = Self.header(declaration)
        let header = parts[0] + parts[1] + parts[2...].map { " \($0)" }.joined()
        if header.count + 2 <= Self.headerWidth {
            line("\(header) {")
        } else {
            let lines = parts.filter { !$0.isEmpty }.map { $0.first == " " ? String($0.dropFirst()) : $0 }
            for (index, part) in lines.enumerated() {
                line((index == 0 ? "" : "    ") + part + (index == lines.count - 1 ? " {" : ""))
            }
        }
        print(body: declaration.body)
        line("}")
    }

    /// The name with its parameters; inputs and outputs; then what follows, as `where …`.
    private static func header(_ declaration: Declaration) -> [String] {
        var name = declaration.keyword.rawValue
        if let role = declaration.role { name += " \(role.text)" }
        name += " \(declaration.name.text)"
        if !declaration.parameters.isEmpty {
            name += "<\(declaration.parameters.map(print).joined(separator: ", "))>"
        }
        var ends = ""
        let takesNone = declaration.keyword == .train || declaration.keyword == .predict
        if !declaration.inputs.isEmpty || !takesNone { ends += "(\(typedNames(declaration.inputs)))" }
        if !declaration.outputs.isEmpty { ends += " -> (\(typedNames(declaration.outputs)))" }
        var parts = [name, ends]
        if let condition = declaration.condition { parts.append("where \(print(condition, isTight: true))") }
        if !declaration.clauses.isEmpty { parts.append(clauses(declaration.clauses)) }
        return parts
    }

    private static func print(_ parameter: Parameter) -> String {
        let value = parameter.defaultValue.map { " = \(compileTimeValue($0))" } ?? ""
        return "\(parameter.name.text): \(parameter.kind.text)\(value)"
    }

    private static func typedNames(_ names: [TypedName]) -> String {
        names.map(print).joined(separator: ", ")
    }

    private static func print(_ name: TypedName) -> String { "\(name.name.text): \(print(name.type))" }

    // MARK: Statements

    /// `{`, which stands behind the header already, up to the line before `}`.
    private mutating func print(body: [Statement]) {
        depth += 1
        for statement in body { print(statement) }
        depth -= 1
    }

    private mutating func print(_ statement: Statement) {
        switch statement.kind {
        case .assignment(let name, let type, let value):
            line("\(name.text)\(type.map { ": \(Self.print($0))" } ?? "") = \(Self.print(value))")
        case .storage(let keyword, let typed, let initializer, let path):
            let start = initializer.map { " ~ \(Self.print($0))" } ?? ""
            line("\(keyword.rawValue) \(Self.print(typed))\(start)\(path.map { " \(Self.print($0))" } ?? "")")
        case .repeat(let variable, let lower, let upper, let carry, let body):
            let range = "\(Self.print(lower, isTight: true))..<\(Self.print(upper, isTight: true))"
            line("repeat \(variable.text) in \(range)\(Self.print(carry: carry)) {")
            print(body: body)
            line("}")
        case .if(let condition, let carry, let then, let otherwise):
            print(.init(condition, carry, then, otherwise), opening: "if")
        case .measure(let role, let name, let value):
            line("\(role.rawValue) \(name.text) = \(Self.print(value))")
        case .update(let name, let value):
            line("update \(name.text) = \(Self.print(value))")
        case .fuse(let name, let kernel, let body):
            line("fuse \(name.text)\(kernel.map { " using \($0.text)" } ?? "") {")
            print(body: body)
            line("}")
        case .directive(let keyword, let name, let clauses):
            line("\(keyword.rawValue) \(name.text)\(clauses.isEmpty ? "" : " ")\(Self.clauses(clauses))")
        case .unreadable(let names, _, _):
            line("// unreadable: \(names.map(\.text).joined(separator: ", "))")
        }
    }

    private struct Conditional {
        var condition: Expression
        var carry: [Name]
        var then: [Statement]
        var otherwise: Statement.Branch?

        init(_ condition: Expression, _ carry: [Name], _ then: [Statement], _ otherwise: Statement.Branch?) {
            self.condition = condition
            self.carry = carry
            self.then = then
            self.otherwise = otherwise
        }
    }

    /// - Parameter opening: `if`, or `} else if` of a chain.
    private mutating func print(_ conditional: Conditional, opening: String) {
        let condition = Self.print(conditional.condition, isTight: true)
        line("\(opening) \(condition)\(Self.print(carry: conditional.carry)) {")
        print(body: conditional.then)
        guard let otherwise = conditional.otherwise else { return line("}") }
        if otherwise.body.count == 1, case .if(let condition, let carry, let then, let rest) = otherwise.body[0].kind,
            carry == otherwise.carry
        {
            return print(.init(condition, carry, then, rest), opening: "} else if")
        }
        line("} else\(Self.print(carry: otherwise.carry)) {")
        print(body: otherwise.body)
        line("}")
    }

    private static func print(carry: [Name]) -> String {
        carry.isEmpty ? "" : " carry \(carry.map(\.text).joined(separator: ", "))"
    }

    private static func clauses(_ clauses: [Clause]) -> String {
        clauses.map { clause in
            let values = list(clause.values, isTight: true)
            return values.isEmpty ? clause.keyword.text : "\(clause.keyword.text) \(values)"
        }
        .joined(separator: " ")
    }

    // MARK: Expressions

    private static func list(_ expressions: [Expression], isTight: Bool) -> String {
        expressions.map { print($0, isTight: isTight) }.joined(separator: ", ")
    }

    /// Between `<` and `>`, where comparisons need parentheses.
    private static func compileTimeValue(_ expression: Expression) -> String {
        print(expression, above: BinaryOperator.add.precedence - 1, isTight: true)
    }

    /// - Parameter precedence: operators that bind no tighter than this stand in parentheses.
    private static func print(_ expression: Expression, above precedence: Int, isTight: Bool) -> String {
        switch expression.kind {
        case .integer(let number): "\(number)"
        // Swift prints the shortest digits that read as the same number, always with '.', 'e' or both.
        case .float(let number): "\(number)"
        case .boolean(let value): "\(value)"
        case .name(let name): name
        case .negate(let operand): "-" + print(operand, above: tightest, isTight: isTight)
        case .not(let operand): "!" + print(operand, above: tightest, isTight: isTight)
        case .binary(let operation, let left, let right):
            print(operation, left, right, above: precedence, isTight: isTight)
        case .call(let call): print(call)
        case .list(let elements): "[\(list(elements, isTight: true))]"
        case .set(let elements): "{\(list(elements, isTight: true))}"
        case .range(let lower, let upper): "\(print(lower, isTight: true))..<\(print(upper, isTight: true))"
        }
    }

    /// Binds tighter than any binary operator.
    private static let tightest = BinaryOperator.allCases.map(\.precedence).max() ?? 0

    private static func print(
        _ operation: BinaryOperator, _ left: Expression, _ right: Expression, above precedence: Int, isTight: Bool
    ) -> String {
        let own = operation.precedence
        // Comparisons do not chain, so that one left of another needs parentheses too.
        let isComparison = own == BinaryOperator.equal.precedence
        let leftText = print(left, above: isComparison ? own : own - 1, isTight: isTight)
        let rightText = print(right, above: own, isTight: isTight)
        let isProduct = operation == .multiply || operation == .divide
        // A space before '//' would begin a comment.
        let space = operation == .floorDivide || isProduct && isTight ? "" : " "
        let text = leftText + space + operation.rawValue + space + rightText
        return own <= precedence ? "(\(text))" : text
    }

    private static func print(_ call: Call) -> String {
        var text = call.callee.text
        if !call.parameters.isEmpty { text += "<\(call.parameters.map(compileTimeValue).joined(separator: ", "))>" }
        let attributes = call.attributes.map { "\($0.name.text) = \(print($0.value, isTight: true))" }
        text += "(\((call.operands.map { print($0) } + attributes).joined(separator: ", ")))"
        if let path = call.path { text += " \(print(path))" }
        return text
    }

    /// A path, as `@body.{i}.0`.
    public static func print(_ path: Path) -> String {
        "@"
            + path.pieces.map { piece in
                switch piece {
                case .text(let text): text
                case .interpolation(let expression): "{\(print(expression, isTight: true))}"
                }
            }
            .joined()
    }
}
