/// The constants of a sum over all elements, or for each channel over all pixels, those of each image or those of each row.
public struct RowSumGeometry: Hashable, Sendable {
    /// The sizes of the input and of the output.
    public var rows: RowGeometry
    /// What the sum is multiplied with: of a mean, one over the number of elements.
    public var scale: Float
    /// Rows of the input that go into one row of the result: all, those of an image, or one.
    public var rowsPerSum: Int

    /// - Parameters:
    ///   - scale: 1 for a sum.
    ///   - rowsPerSum: nil for all.
    public init(_ rows: RowGeometry, scale: Float, rowsPerSum: Int? = nil) {
        self.rows = rows
        self.scale = scale
        self.rowsPerSum = rowsPerSum ?? rows.imageCount * rows.inputHeight
    }
}
