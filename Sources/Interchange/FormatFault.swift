/// A rule of a foreign format that is broken, and where, before it is known of which file.
public struct FormatFault: Error, Hashable, Sendable, CustomStringConvertible {
    /// As `tensor 'head.filter'` or `pickle, byte 17`.
    public var part: String
    /// The rule that does not hold there.
    public var problem: String

    init(_ part: String, _ problem: String) {
        self.part = part
        self.problem = problem
    }

    public var description: String { "\(part): \(problem)" }
}
