/// What takes more memory than a plan is given.
public enum MemoryShortage: Hashable, Sendable {
    /// What the preparation makes, with the scratch of all threads.
    case filters(byteCount: Int)
    /// The lists of instructions of all strips that differ.
    case instructions
    /// Strips of columns as narrow as they can be.
    case narrowestStrip
}

extension MemoryShortage: CustomStringConvertible {
    public var description: String {
        switch self {
        case .filters(let byteCount): "its filters alone take \(byteCount >> 20) MiB"
        case .instructions: "even the list of its instructions takes more memory"
        case .narrowestStrip: "even its narrowest strip of columns takes more memory"
        }
    }
}
