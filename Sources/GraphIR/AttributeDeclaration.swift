/// An argument of an op that is no tensor: its name, what it may be and what it is when left out.
public struct AttributeDeclaration: Sendable {
    /// What values an attribute may have.
    public enum Kind: Hashable, Sendable {
        /// A whole number known when compiling, within a range.
        case integer(ClosedRange<Int>)
        /// A size, perhaps symbolic.
        case size
        /// A list of sizes, perhaps symbolic.
        case sizes
        case float
        /// Zeros around an image: `same`, `valid`, a number for all sides, `[vertical, horizontal]` or
        /// `[top, bottom, left, right]`, each number within a range.
        case padding(ClosedRange<Int>)
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
        do { return try kind.checked(value) } catch { throw .attribute(op, name, error) }
    }
}

extension AttributeDeclaration.Kind {
    fileprivate func checked(_ value: AttributeValue) throws(OpError.AttributeFault) -> AttributeValue {
        switch (self, value) {
        case (.integer(let range), .size(let size)):
            guard let number = size.constant else { throw .symbolic(size) }
            guard range.contains(number) else { throw .outOfRange(range, number) }
            return value
        case (.size, .size), (.sizes, .sizes), (.float, .float), (.padding, .padding):
            return value
        case (.float, .size(let size)):
            guard let number = size.constant else { throw .symbolic(size) }
            return .float(Double(number))
        case (.padding(let range), .size):
            return try Self.integer(range).checked(value)
        case (.padding(let range), .sizes(let sizes)):
            guard sizes.count == 2 || sizes.count == 4 else { throw .listLength(sizes.count, self) }
            for size in sizes { _ = try Self.integer(range).checked(.size(size)) }
            return value
        default:
            throw .otherKind(self)
        }
    }

    /// What the attribute is, behind its name.
    var wanted: String {
        switch self {
        case .integer: "must be a whole number"
        case .size: "must be a size"
        case .sizes: "must be a list, as [0, 1]"
        case .float: "must be a number"
        case .padding:
            "must be \(PaddingWord.allCases.map(\.rawValue).joined(separator: ", ")), a number, [vertical, horizontal] or [top, bottom, left, right]"
        }
    }
}
