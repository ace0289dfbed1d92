/// An operation in the graph that is being differentiated.
public struct OpUse: Sendable {
    /// What it reads.
    public var operands: [ValueID]
    /// What it makes.
    public var result: ValueID
    /// Its named arguments, complete with defaults.
    public var attributes: Attributes

    /// Each argument is the property of its name.
    public init(operands: [ValueID], result: ValueID, attributes: Attributes) {
        self.operands = operands
        self.result = result
        self.attributes = attributes
    }
}
