/// An argument of an op that is no tensor: its name, what it may be and what it is when left out.
public struct AttributeDeclaration: Sendable {
    /// What values an attribute may have.
    public enum Kind: Sendable {
        /// A whole number known when compiling, within a range.
        case integer(ClosedRange<Int>)
        /// A size, perhaps symbolic.
        case size
        /// A list of sizes, perhaps symbolic.
        case sizes
        case float
        case symbol([String])
        /// Zeros around an image: `same`, `valid`, a number for all sides, `[vertical, horizontal]` or
        /// `[top, bottom, left, right]`, each number within a range.
        case padding(ClosedRange<Int>)

        /// Words that a padding may be.
        static let paddings = ["same", "valid"]
    }

    /// The name before `=`, as `block`.
    public var name: String
    /// What values it may have.
    public var kind: Kind
    /// nil when the attribute must be given.
    public var defaultValue: AttributeValue?

    /// Each argument is the property of its name.
    public init(_ name: String, _ kind: Kind, default defaultValue: AttributeValue? = nil) {
        self.name = name
        self.kind = kind
        self.defaultValue = defaultValue
    }
}

extension AttributeDeclaration {
    func checked(_ value: AttributeValue, op: OpName) throws(OpError) -> AttributeValue {
        switch (kind, value) {
        case (.integer(let range), .size(let size)):
            guard let number = size.constant else {
                throw OpError("bad-attribute", "'\(name)' of \(op) must be known when compiling", found: "\(size)")
            }
            guard range.contains(number) else {
                throw OpError(
                    "bad-attribute", "'\(name)' of \(op) is out of range",
                    expected: "\(range.lowerBound)…\(range.upperBound)", found: "\(number)")
            }
            return value
        case (.size, .size), (.sizes, .sizes), (.float, .float):
            return value
        case (.float, .size(let size)):
            guard let number = size.constant else {
                throw OpError("bad-attribute", "'\(name)' of \(op) must be known when compiling", found: "\(size)")
            }
            return .float(Double(number))
        case (.symbol(let options), .symbol(let word)):
            guard options.contains(word) else {
                throw OpError(
                    "bad-attribute", "'\(name)' of \(op) must be one of \(options.joined(separator: ", "))", found: word)
            }
            return value
        case (.padding, .symbol(let word)):
            guard Kind.paddings.contains(word) else { throw notOne(of: op, found: word) }
            return value
        case (.padding(let range), .size(let size)):
            try checkPadding([size], range, op: op)
            return value
        case (.padding(let range), .sizes(let sizes)):
            guard sizes.count == 2 || sizes.count == 4 else {
                throw notOne(of: op, found: "a list of \(sizes.count)")
            }
            try checkPadding(sizes, range, op: op)
            return value
        default:
            throw notOne(of: op)
        }
    }

    private func checkPadding(_ sizes: [Size], _ range: ClosedRange<Int>, op: OpName) throws(OpError) {
        for size in sizes { _ = try AttributeDeclaration(name, .integer(range)).checked(.size(size), op: op) }
    }

    private func notOne(of op: OpName, found: String? = nil) -> OpError {
        OpError("bad-attribute", "'\(name)' of \(op) \(wanted)", found: found)
    }

    /// What the attribute is, behind its name.
    var wanted: String {
        switch kind {
        case .integer: "must be a whole number"
        case .size: "must be a size"
        case .sizes: "must be a list, as [0, 1]"
        case .float: "must be a number"
        case .symbol(let options): "must be one of \(options.joined(separator: ", "))"
        case .padding:
            "must be \(Kind.paddings.joined(separator: ", ")), a number, [vertical, horizontal] or [top, bottom, left, right]"
        }
    }
}
