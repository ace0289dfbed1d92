/// Numbers that stand in the text: lists within lists, each as long as the others of its depth.
public struct NumberTable: Hashable, Sendable {
    /// How long the lists are, from the outermost.
    public var shape: [Int]
    /// The numbers in the order of the text.
    public var values: [Double]

    /// - Requires: as many values as the shape says.
    public init(shape: [Int], values: [Double]) {
        precondition(values.count == shape.elementCount, "a table has as many numbers as its shape says")
        self.shape = shape
        self.values = values
    }
}
