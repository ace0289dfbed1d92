/// The checks that the shape rules of many ops make.
extension TensorType {
    func requireF32(in op: OpName) throws(OpError) {
        guard element == .f32 else { throw .notF32(op, self) }
    }

    func requireLayout(_ layout: OpError.Layout, in op: OpName) throws(OpError) {
        guard shape.rank == layout.names.count else { throw .rank(op, layout, found: self) }
    }

    func requireImages(in op: OpName) throws(OpError) {
        try requireLayout(.image, in: op)
    }

    /// Checks the element type, and the shape as far as sizes are known.
    ///
    /// - Parameter operand: its name; nil where the op takes any number of operands that are alike.
    func require(_ expected: TensorType, as operand: String? = nil, in op: OpName) throws(OpError) {
        guard element == expected.element else {
            throw .operandElement(op, operand: operand, expected: expected, found: self)
        }
        let fits =
            shape.rank == expected.shape.rank
            && zip(shape.dimensions, expected.shape.dimensions).allSatisfy { $0.compared(to: $1) != .different }
        guard fits else { throw .operandShape(op, operand: operand, expected: expected, found: self) }
    }

    /// - Returns: the axis that an attribute names, which exists.
    func axis(_ attributes: Attributes, in op: OpName) throws(OpError) -> Int {
        let axis = attributes.integer("axis")
        guard axis < shape.rank else { throw .axis(op, axis, of: self) }
        return axis
    }
}

extension [Int] {
    /// How many elements a tensor of this shape holds.
    var elementCount: Int { reduce(1, *) }
}

extension Cost {
    /// For f32 operands that are each read once, and a result that is written once.
    init(_ shapes: BoundShapes, operationCount: Int) {
        self.init(
            operationCount: operationCount,
            bytesRead: ElementType.f32.byteCount * shapes.operands.reduce(0) { $0 + $1.elementCount },
            bytesWritten: ElementType.f32.byteCount * shapes.result.elementCount)
    }
}
