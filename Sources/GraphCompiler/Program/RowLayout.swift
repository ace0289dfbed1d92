import GraphIR

/// A tensor seen as rows; see ``KernelInterface/TensorRows``.
public struct RowLayout: Hashable, Sendable {
    public var rowCount: Int
    public var rowElementCount: Int
    public var element: ElementType

    public var rowByteCount: Int { rowElementCount * element.byteCount }

    public init(rowCount: Int, rowElementCount: Int, element: ElementType) {
        self.rowCount = rowCount
        self.rowElementCount = rowElementCount
        self.element = element
    }

    public init(_ shape: [Int], _ element: ElementType) {
        if shape.count == 4 {
            self.init(rowCount: shape[0] * shape[1], rowElementCount: shape[2] * shape[3], element: element)
        } else {
            self.init(rowCount: 1, rowElementCount: shape.reduce(1, *), element: element)
        }
    }
}
