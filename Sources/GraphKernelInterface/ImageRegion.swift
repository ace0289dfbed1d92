/// Some rows of an image, and some pixels of each.
public struct ImageRegion: Hashable, Sendable {
    /// The rows, and the pixels of each, within one image.
    public var rows: Range<Int>, columns: Range<Int>

    /// Each argument is the property of its name.
    public init(rows: Range<Int>, columns: Range<Int>) {
        self.rows = rows
        self.columns = columns
    }
}
