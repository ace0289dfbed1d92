/// The constants of a slice or a padding along channels or rows.
public struct SliceGeometry: Hashable, Sendable {
    /// The sizes of the input and of the output.
    public var rows: RowGeometry
    /// The channel or row of the input that becomes the first of the output; below 0 where zeros come first.
    public var start: Int

    /// - Parameter start: below 0 for a padding.
    public init(_ rows: RowGeometry, start: Int) {
        self.rows = rows
        self.start = start
    }
}
