/// Why an operation does not fit its operands. The elaborator adds where.
public struct OpError: Error, Hashable, Sendable {
    /// A diagnostic's code, as `shape-mismatch`.
    public var code: String
    /// What does not fit, as a sentence without a point.
    public var message: String
    /// What would fit, where that can be said.
    public var expected: String?
    /// What is there instead.
    public var found: String?

    /// Each argument is the property of its name.
    public init(_ code: String, _ message: String, expected: String? = nil, found: String? = nil) {
        self.code = code
        self.message = message
        self.expected = expected
        self.found = found
    }
}
