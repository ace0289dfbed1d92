/// The constants of a reshape: the same bytes in other rows.
public struct ReshapeGeometry: Hashable, Sendable {
    /// Bytes of a row of the operand, and of the result.
    public var inputRowByteCount: Int, outputRowByteCount: Int

    /// Each argument is the property of its name.
    public init(inputRowByteCount: Int, outputRowByteCount: Int) {
        self.inputRowByteCount = inputRowByteCount
        self.outputRowByteCount = outputRowByteCount
    }
}
