/// What values are called to which nobody gave a name: `t`, `t_1`, `t_2`, ….
public enum TemporaryNames {
    /// What names of values begin with that nobody named: `t`, `t_1`, ….
    public static let base = "t"

    /// Whether a name is one of these.
    package static func contain(_ name: String) -> Bool {
        guard name.hasPrefix(base) else { return false }
        let rest = name.dropFirst(base.count)
        return rest.isEmpty || rest.first == "_" && rest.allSatisfy { $0 == "_" || $0.isNumber }
    }
}
