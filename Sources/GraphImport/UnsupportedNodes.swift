/// Nodes of one op that cannot be translated, for one reason.
public struct UnsupportedNodes: Hashable, Sendable {
    /// The op, as the file calls it.
    public var op: String
    /// Why it has no counterpart.
    public var reason: UntranslatableReason
    /// The names of the first of them.
    public var names: [String]
    /// How many there are.
    public var count: Int

    static let shownCount = 3
}

extension UnsupportedNodes: CustomStringConvertible {
    public var description: String {
        let shown = names.map { "'\(ShownText.short($0))'" }.joined(separator: ", ") + (count > names.count ? ", …" : "")
        return "\(ShownText.short(op)), \(count == 1 ? "once" : "\(count) times") (\(shown)): \(reason)"
    }
}
