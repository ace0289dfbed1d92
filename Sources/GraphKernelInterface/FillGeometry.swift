/// The constants of a number repeated.
public struct FillGeometry: Hashable, Sendable {
    /// Elements of a row.
    public var rowLength: Int
    /// The number.
    public var value: Float

    /// Each argument is the property of its name.
    public init(rowLength: Int, value: Float) {
        self.rowLength = rowLength
        self.value = value
    }
}
