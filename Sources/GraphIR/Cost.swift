/// What an operation must do, whatever the algorithm.
public struct Cost: Hashable, Sendable {
    /// Additions and multiplications; transcendental functions count as one each.
    public var operationCount: Int
    /// Bytes of all operands, each read once.
    public var bytesRead: Int
    /// Bytes of the result.
    public var bytesWritten: Int

    /// Each argument is the property of its name.
    public init(operationCount: Int, bytesRead: Int, bytesWritten: Int) {
        self.operationCount = operationCount
        self.bytesRead = bytesRead
        self.bytesWritten = bytesWritten
    }
}
