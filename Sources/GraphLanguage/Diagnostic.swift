/// One mistake in a source file, with all that helps to mend it.
///
/// Printed by ``Diagnostic/rendered(file:source:option:)`` as
///
///     edsr.graph:11:16: error[shape-mismatch]: '+' needs equal shapes
///       h = h + conv3x3<32>(r)
///             ^
///       expected f32[N, H, W, 64]
///       found    f32[N, H, W, 32]
///       in conv3x3, called at 11:16, i = 3
public struct Diagnostic: Error, Hashable, Sendable {
    /// What kind of mistake it is.
    public var code: Code
    /// What is wrong, as a sentence without a point.
    public var message: String
    /// The place in the source that the caret points at.
    public var location: SourceLocation
    /// What would have been right, where that can be said.
    public var expected: String?
    /// What stands there instead.
    public var found: String?
    /// The name that was probably meant.
    public var suggestion: String?
    /// The graph's parameter that has no value. Whoever compiles the graph gives it.
    public var missingParameter: String?
    /// What to do, or the chain of calls and repeats that led here, one line each.
    public var notes: [String]

    /// A mistake at a place; the labels are those of the properties.
    public init(
        code: Code, _ message: String, at location: SourceLocation,
        expected: String? = nil, found: String? = nil, suggestion: String? = nil, missingParameter: String? = nil,
        notes: [String] = []
    ) {
        self.code = code
        self.message = message
        self.location = location
        self.expected = expected
        self.found = found
        self.suggestion = suggestion
        self.missingParameter = missingParameter
        self.notes = notes
    }
}
