import GraphIR

/// A tensor seen as rows; see `TensorRows` of `GraphKernelInterface`.
public struct RowLayout: Hashable, Sendable {
    /// Rows of all images of the batch.
    public var rowCount: Int
    /// Elements of a row.
    public var rowElementCount: Int
    /// The type of each.
    public var element: ElementType

    /// Bytes of a row, without what aligns the next.
    public var rowByteCount: Int { rowElementCount * element.byteCount }

    /// A layout of so many rows of so many elements.
    public init(rowCount: Int, rowElementCount: Int, element: ElementType) {
        self.rowCount = rowCount
        self.rowElementCount = rowElementCount
        self.element = element
    }

    /// An image `[N, H, W, C]` has N·H rows of W·C elements, any other tensor one row.
    public init(_ shape: [Int], _ element: ElementType) {
        if shape.count == 4 {
            self.init(rowCount: shape[0] * shape[1], rowElementCount: shape[2] * shape[3], element: element)
        } else {
            self.init(rowCount: 1, rowElementCount: shape.reduce(1, *), element: element)
        }
    }
}
