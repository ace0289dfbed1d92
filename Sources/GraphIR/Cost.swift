/// What an operation must do, whatever the algorithm.
public struct Cost: Hashable, Sendable {
    /// Additions and multiplications; transcendental functions count as one each.
    public var operationCount: Int
    public var bytesRead: Int
    public var bytesWritten: Int

    public init(operationCount: Int, bytesRead: Int, bytesWritten: Int) {
        self.operationCount = operationCount
        self.bytesRead = bytesRead
        self.bytesWritten = bytesWritten
    }
}
