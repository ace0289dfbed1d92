/// The constants of a sum over all elements, or over all pixels for each channel.
public struct RowSumGeometry: Hashable, Sendable {
    /// The sizes of the input and of the output.
    public var rows: RowGeometry
    /// What the sum is multiplied with: of a mean, one over the number of elements.
    public var scale: Float

    /// - Parameter scale: 1 for a sum.
    public init(_ rows: RowGeometry, scale: Float) {
        self.rows = rows
        self.scale = scale
    }
}
