/// The constants of a concatenation along the rows: the parts lie one after the other in each image of the output.
public struct RowConcatenationGeometry: Hashable, Sendable {
    /// Elements of a row.
    public var rowLength: Int
    /// The rows of an image of each part.
    public var heights: PartSizes

    /// - Parameter rowLength: elements of a row.
    public init(rowLength: Int, heights: PartSizes) {
        self.rowLength = rowLength
        self.heights = heights
    }
}
