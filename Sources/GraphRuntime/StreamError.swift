/// What a source or sink threw. Two are equal when they say the same.
public struct StreamError: Error, Hashable, CustomStringConvertible {
    /// What was thrown.
    public let cause: any Error

    /// Wraps what was thrown.
    public init(_ cause: any Error) { self.cause = cause }

    public var description: String { "\(cause)" }

    public static func == (left: StreamError, right: StreamError) -> Bool { left.description == right.description }

    public func hash(into hasher: inout Hasher) { hasher.combine(description) }
}
