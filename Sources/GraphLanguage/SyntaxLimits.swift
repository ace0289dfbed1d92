/// Bounds that keep a small or hostile file from exhausting the machine.
public enum SyntaxLimits {
    /// Printed plans of large graphs are long; nothing that people write comes near.
    public static let fileByteCount = 16 << 20
    /// How deep statements may stand within each other.
    public static let statementNesting = 64
    /// How deep an expression's tree and its parentheses may go.
    public static let expressionNesting = 200
    /// Characters of a name.
    public static let nameLength = 255
    /// Characters of a path's text between two interpolations.
    public static let pathLength = 1023
    /// Mistakes shown in one run; of the others, their number.
    public static let shownDiagnosticCount = 50
    /// Mistakes that are counted, before reading stops.
    public static let diagnosticCount = 1000
}
