/// The checks that the shape rules of many ops make, each with its one wording.
extension TensorType {
    func requireF32(in op: OpName) throws(OpError) {
        guard element == .f32 else {
            throw OpError(
                "element-mismatch", "\(op.spelling) takes f32; write f32(…) around a u8 operand",
                expected: TensorType(.f32, shape).description, found: description)
        }
    }

    /// - Parameter layout: the dimensions' names, as `[N, H, W, C]`.
    func requireRank(_ rank: Int, _ layout: String, in op: OpName) throws(OpError) {
        guard shape.rank == rank else {
            throw OpError(
                "rank-mismatch", "\(op) takes \(rank) dimension\(rank == 1 ? "" : "s")",
                expected: "\(element.rawValue)\(layout)", found: description)
        }
    }

    func requireImages(in op: OpName) throws(OpError) {
        try requireRank(4, "[N, H, W, C]", in: op)
    }

    /// Checks the element type, and the shape as far as sizes are known.
    func require(_ expected: TensorType, as role: String, in op: OpName) throws(OpError) {
        guard element == expected.element else {
            throw OpError(
                "element-mismatch", "\(role) of \(op) has the wrong element type",
                expected: expected.description, found: description)
        }
        let fits =
            shape.rank == expected.shape.rank
            && zip(shape.dimensions, expected.shape.dimensions).allSatisfy { $0.compared(to: $1) != .different }
        guard fits else {
            throw OpError(
                "shape-mismatch", "\(role) of \(op) has the wrong shape",
                expected: expected.description, found: description)
        }
    }

    /// - Returns: the axis that an attribute names, which exists.
    func axis(_ attributes: Attributes, in op: OpName) throws(OpError) -> Int {
        let axis = attributes.integer("axis")
        guard axis < shape.rank else {
            throw OpError(
                "bad-axis", "\(op) along axis \(axis) of a tensor with \(shape.rank) dimensions",
                expected: "an axis below \(shape.rank)", found: description)
        }
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
