/// Why an entry cannot become a program for some sizes, or a plan's text is no program.
public struct ProgramError: Error, Hashable, Sendable, CustomStringConvertible {
    public var message: String

    public init(_ message: String) { self.message = message }

    public var description: String { message }
}
