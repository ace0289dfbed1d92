/// What an op takes.
public struct Signature: Sendable {
    /// Operand names, for messages and documentation.
    public var operands: [String]
    /// Whether the last operand may be repeated.
    public var isVariadic: Bool
    /// Named arguments, in the order in which they print.
    public var attributes: [AttributeDeclaration]

    /// Each argument is the property of its name.
    public init(_ operands: [String], isVariadic: Bool = false, attributes: [AttributeDeclaration] = []) {
        self.operands = operands
        self.isVariadic = isVariadic
        self.attributes = attributes
    }
}

extension Signature {
    /// As people call it: `concat(a, …)`, or with its attributes `clip(x, min, max)`.
    func written(as op: OpName, withAttributes: Bool = false) -> String {
        let names = operands + (isVariadic ? ["…"] : []) + (withAttributes ? attributes.map(\.name) : [])
        return "\(op)(\(names.joined(separator: ", ")))"
    }

    /// Checks operand count and attributes, fills in defaults, and puts attributes in the signature's order.
    func complete(_ given: Attributes, operandCount: Int, op: OpName) throws(OpError) -> Attributes {
        guard isVariadic ? operandCount >= operands.count : operandCount == operands.count else {
            throw .operandCount(op, operandCount)
        }
        var complete = Attributes()
        for declaration in attributes {
            guard let value = given[declaration.name] ?? declaration.defaultValue else {
                throw .missingAttribute(op, declaration.name)
            }
            complete[declaration.name] = try declaration.checked(value, op: op)
        }
        for pair in given.pairs where !attributes.contains(where: { $0.name == pair.name }) {
            throw .unknownAttribute(op, pair.name)
        }
        return complete
    }
}
