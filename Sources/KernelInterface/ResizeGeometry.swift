/// The constants of an enlargement, or of its gradient.
public struct ResizeGeometry: Hashable, Sendable {
    public var rows: RowGeometry
    /// How many times as high and as wide the enlarged image is.
    public var factor: Int

    public init(_ rows: RowGeometry, factor: Int) {
        self.rows = rows
        self.factor = factor
    }
}
