/// Why a command cannot do what its arguments ask for: what, where and what to do, in one line.
public struct CommandError: Error, Hashable, Sendable, CustomStringConvertible {
    public var description: String

    /// An error that says this, in one line.
    public init(_ description: String) { self.description = description }
}
