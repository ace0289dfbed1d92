/// The named arguments of an operation, complete with defaults, in the order of the op's signature.
public struct Attributes: Hashable, Sendable {
    /// Names and values in order.
    public private(set) var pairs: [Pair]

    /// One named argument.
    public struct Pair: Hashable, Sendable {
        /// The attribute's name.
        public var name: String
        /// Its value.
        public var value: AttributeValue

        /// Each argument is the property of its name.
        public init(name: String, value: AttributeValue) {
            self.name = name
            self.value = value
        }
    }

    /// Pairs in this order.
    public init(_ pairs: [Pair] = []) { self.pairs = pairs }

    /// Pairs in this order, as a literal: `["stride": .size(Size(2))]`.
    public init(_ pairs: KeyValuePairs<String, AttributeValue>) {
        self.pairs = pairs.map { Pair(name: $0.key, value: $0.value) }
    }

    /// The value of a name; nil where it is not given. Setting nil removes it.
    public subscript(_ name: String) -> AttributeValue? {
        get { pairs.first { $0.name == name }?.value }
        set {
            if let index = pairs.firstIndex(where: { $0.name == name }) {
                if let newValue { pairs[index].value = newValue } else { pairs.remove(at: index) }
            } else if let newValue {
                pairs.append(Pair(name: name, value: newValue))
            }
        }
    }

    /// The value of an attribute that the op's signature declares as a whole number.
    public func integer(_ name: String) -> Int {
        if case .size(let size) = self[name], let number = size.constant { return number }
        preconditionFailure("signature checks make \(name) a whole number")
    }

    /// The value of an attribute that the op's signature declares as a number.
    public func float(_ name: String) -> Double {
        if case .float(let number) = self[name] { return number }
        preconditionFailure("signature checks make \(name) a number")
    }

    /// A padding as it was written: a word, a number or a list.
    public func padding(_ name: String) -> AttributeValue {
        if let value = self[name] { return value }
        preconditionFailure("signature checks make \(name) a padding")
    }

    /// The value of an attribute that the op's signature declares as a size, perhaps symbolic.
    public func size(_ name: String) -> Size {
        if case .size(let size) = self[name] { return size }
        preconditionFailure("signature checks make \(name) a size")
    }

    /// The value of an attribute that the op's signature declares as a list of sizes.
    public func sizes(_ name: String) -> [Size] {
        if case .sizes(let sizes) = self[name] { return sizes }
        preconditionFailure("signature checks make \(name) a list of sizes")
    }

    /// The value of an attribute that the op's signature declares as a truth value.
    public func truth(_ name: String) -> Bool {
        if case .truth(let truth) = self[name] { return truth }
        preconditionFailure("signature checks make \(name) a truth value")
    }

    /// The value of an attribute that the op's signature declares as a word.
    public func word(_ name: String) -> String {
        if case .word(let word) = self[name] { return word }
        preconditionFailure("signature checks make \(name) a word")
    }

    /// The value of an attribute that the op's signature declares as a table.
    public func table(_ name: String) -> NumberTable {
        if case .table(let table) = self[name] { return table }
        preconditionFailure("signature checks make \(name) a table")
    }

    /// A list of sizes whose values are all known, as the axes of a reduction or a bound shape.
    public func integers(_ name: String) -> [Int] {
        sizes(name).map { size in
            guard let number = size.constant else { preconditionFailure("\(name) is read before sizes are bound") }
            return number
        }
    }
}

/// The value of a named argument.
public enum AttributeValue: Hashable, Sendable {
    /// A whole number, perhaps symbolic: `block = 2`, `length = 2*H`.
    case size(Size)
    /// `[N, H, W, 3]`, `[0, 1, 2]`
    case sizes([Size])
    case float(Double)
    /// `pad = same`
    case padding(PaddingWord)
    /// `keep_dims = true`
    case truth(Bool)
    /// `mode = edge`
    case word(String)
    /// `[[1, 2], [3, 4]]`
    case table(NumberTable)
}
