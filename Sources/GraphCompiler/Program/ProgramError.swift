/// Why an entry cannot become a program for some sizes, or a plan's text is no program.
public struct ProgramError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Which line of a plan is at fault.
    public enum Place: Hashable, Sendable {
        /// Index in ``Program/buffers``.
        case buffer(Int)
        /// Index in ``Program/preparation``.
        case preparation(Int)
        /// Index in ``Program/instructions``.
        case instruction(Int)
    }

    /// What is wrong and, where that helps, what to do: one line.
    public var message: String
    /// nil where the whole entry is.
    public var place: Place?

    /// - Parameter place: the line of a plan at fault, where there is one.
    public init(_ message: String, at place: Place? = nil) {
        self.message = message
        self.place = place
    }

    /// The message.
    public var description: String { message }
}
