/// What the `buffer` lines of a plan's text have wrong.
public enum BufferLineFault: Hashable, Sendable {
    /// A buffer of the program has no line.
    case missing(buffer: String)
    /// The buffer's place begins or ends where no memory can be, or its rows would not be aligned.
    case impossiblePlace(buffer: String)
    /// The instructions between which the buffer is live; nil where none uses it.
    case life(buffer: String, stated: Range<Int>, found: Range<Int>?)
}

extension BufferLineFault: CustomStringConvertible {
    public var description: String {
        switch self {
        case .missing(let buffer): "there is no line 'buffer \(buffer)'"
        case .impossiblePlace(let buffer): "buffer '\(buffer)' lies outside all memory, or on no multiple of 64"
        case .life(let buffer, let stated, let found?): "'\(buffer)' lives \(found), not \(stated)"
        case .life(let buffer, let stated, found: nil): "'\(buffer)' has no life, not \(stated)"
        }
    }
}
