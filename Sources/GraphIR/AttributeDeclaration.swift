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
        /// Two whole numbers, vertical and horizontal, each within a range; one number stands for both.
        case pair(ClosedRange<Int>)
        /// Zeros around an image: `same`, `valid`, a number for all sides, `[vertical, horizontal]` or
        /// `[top, bottom, left, right]`, each number within a range.
        case padding(ClosedRange<Int>)
        /// Rows and columns around an image, perhaps symbolic: a number for all sides, `[vertical, horizontal]` or
        /// `[top, bottom, left, right]`; kept as the last.
        case sides
        case truth
        /// One of these words.
        case word([String])
        /// Numbers in lists within lists.
        case table
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
    /// All words that stand for a value somewhere.
    static let words: Set<String> = OpName.allCases.reduce(into: []) { words, op in
        for declaration in op.definition.signature.attributes {
            switch declaration.kind {
            case .padding: words.formUnion(PaddingWord.allCases.map(\.rawValue))
            case .word(let own): words.formUnion(own)
            case .integer, .size, .sizes, .float, .pair, .sides, .truth, .table: break
            }
        }
    }

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
        case (.size, .size), (.sizes, .sizes), (.float, .float), (.padding, .padding), (.truth, .truth), (.table, .table):
            return value
        case (.word(let words), .word(let word)):
            guard words.contains(word) else { throw .otherKind(self) }
            return value
        case (.pair(let range), .size(let size)):
            return try Self.pair(range).checked(.sizes([size, size]))
        case (.pair(let range), .sizes(let sizes)):
            guard sizes.count == 2 else { throw .listLength(sizes.count, self) }
            for size in sizes { _ = try Self.integer(range).checked(.size(size)) }
            return value
        case (.sides, .size(let size)):
            return .sizes([size, size, size, size])
        case (.sides, .sizes(let sizes)):
            guard sizes.count == 2 || sizes.count == 4 else { throw .listLength(sizes.count, self) }
            return sizes.count == 4 ? value : .sizes([sizes[0], sizes[0], sizes[1], sizes[1]])
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
        case .pair: "must be a number or [vertical, horizontal]"
        case .sides: "must be a size, [vertical, horizontal] or [top, bottom, left, right]"
        case .truth: "must be true or false"
        case .word(let words): "must be \(words.dropLast().joined(separator: ", ")) or \(words.last ?? "")"
        case .table: "must be a list of numbers, or of such lists that are alike"
        case .padding:
            "must be \(PaddingWord.allCases.map(\.rawValue).joined(separator: ", ")), a number, [vertical, horizontal] or [top, bottom, left, right]"
        }
    }
}
