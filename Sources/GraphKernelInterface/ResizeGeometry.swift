/// The constants of an enlargement, or of its gradient.
public struct ResizeGeometry: Hashable, Sendable {
    /// The sizes of the input and of the output.
    public var rows: RowGeometry
    /// How many times as high and as wide the enlarged image is.
    public var factor: Int

    /// - Parameter factor: at least 1.
    public init(_ rows: RowGeometry, factor: Int) {
        self.rows = rows
        self.factor = factor
    }
}
