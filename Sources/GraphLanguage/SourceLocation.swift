/// A place in a source file, counted from 1. Columns count characters.
public struct SourceLocation: Hashable, Sendable {
    /// The line, from 1; 0 for no place.
    public var line: Int
    /// The character in the line, from 1.
    public var column: Int
    /// How many characters the caret underlines.
    public var length: Int

    /// A place of `length` characters.
    public init(line: Int, column: Int, length: Int = 1) {
        self.line = line
        self.column = column
        self.length = length
    }

    func isBefore(_ other: SourceLocation) -> Bool { (line, column) < (other.line, other.column) }

    /// For trees and graphs that no text stands behind.
    public static let none = SourceLocation(line: 0, column: 0)
}
