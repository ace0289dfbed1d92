/// Why an operation does not fit its operands. The elaborator adds where.
public struct OpError: Error, Hashable, Sendable {
    /// A diagnostic's code, as `shape-mismatch`.
    public var code: String
    public var message: String
    public var expected: String?
    public var found: String?

    public init(_ code: String, _ message: String, expected: String? = nil, found: String? = nil) {
        self.code = code
        self.message = message
        self.expected = expected
        self.found = found
    }
}
