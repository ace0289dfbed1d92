/// How the rows of a picture are worked on. No choice changes a byte of the result.
public enum Bands: Hashable, Sendable {
    /// What is fastest within memory, by the plan's cost.
    case automatic
    /// All rows of each step before the next.
    case whole
    /// So many rows of the small picture at a time.
    case rows(Int)
}
