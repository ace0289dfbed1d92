/// `reshape(x, shape = […])`: the same elements in the same order, in another shape.
///
/// Shapes: any two with equally many elements, of either element type.
struct Reshape: Op {
    let name = OpName.reshape
    let signature = Signature(["x"], attributes: [AttributeDeclaration("shape", .sizes)])

    func resultType(_ operands: [TensorType], _ attributes: Attributes) throws(OpError) -> TensorType {
        let result = TensorType(operands[0].element, Shape(attributes.sizes("shape")))
        guard operands[0].shape.elementCount.compared(to: result.shape.elementCount) != .different else {
            throw .reshape(operands[0], to: result)
        }
        return result
    }

    /// The value in another shape; itself where it has that shape.
    static func apply(_ value: ValueID, to shape: Shape, in builder: inout GraphBuilder) throws(OpError) -> ValueID {
        if builder.type(of: value).shape == shape { return value }
        return try builder.apply(.reshape, [value], Reduction.shape(shape))
    }

    func gradient(
        of use: OpUse, outputGradient: ValueID, in builder: inout GraphBuilder
    ) throws(OpError) -> [ValueID?] {
        [try Reshape.apply(outputGradient, to: builder.type(of: use.operands[0]).shape, in: &builder)]
    }

    func rowMap(operand: Int, _ shapes: BoundShapes, _ attributes: Attributes) -> RowMap {
        keeps(2, of: shapes) ? .identity : .all
    }

    func columnMap(operand: Int, _ shapes: BoundShapes, _ attributes: Attributes) -> RowMap {
        keeps(3, of: shapes) ? .identity : .all
    }

    /// Whether images have the same first dimensions before and after.
    private func keeps(_ count: Int, of shapes: BoundShapes) -> Bool {
        let x = shapes.operands[0]
        return x.count == 4 && shapes.result.count == 4 && x[..<count] == shapes.result[..<count]
    }

    func evaluate<Scalar: EvaluationScalar>(
        _ operands: [Tensor<Scalar>], _ attributes: Attributes, resultShape: [Int]
    ) -> Tensor<Scalar> {
        Tensor(shape: resultShape, values: operands[0].values)
    }

    func cost(_ shapes: BoundShapes, _ attributes: Attributes) -> Cost {
        Cost(shapes, operationCount: 0)
    }
}
