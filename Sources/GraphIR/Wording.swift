import GraphLanguage

/// An error in words, as a diagnostic shows it: all but the place.
public struct Wording: Hashable, Sendable {
    /// What kind of mistake it is.
    public var code: Diagnostic.Code
    /// What is wrong, as a sentence without a point.
    public var message: String
    /// What would fit, where that can be said.
    public var expected: String?
    /// What is there instead.
    public var found: String?

    /// What was expected and found is shown by its description: a type as it is written in source.
    init(
        _ code: Diagnostic.Code, _ message: String, expected: (any CustomStringConvertible)? = nil,
        found: (any CustomStringConvertible)? = nil
    ) {
        self.code = code
        self.message = message
        self.expected = expected?.description
        self.found = found?.description
    }

    /// What is wrong, and what was expected and found.
    ///
    /// - Parameter subject: what the error is about, where the sentence does not say it.
    public func inOneLine(about subject: String? = nil) -> String {
        message + (subject.map { " (\($0))" } ?? "") + (expected.map { "; expected \($0)" } ?? "")
            + (found.map { "; found \($0)" } ?? "")
    }
}
