/// `table([…])`: numbers that stand in the text, as a tensor.
///
/// Shapes: that of the list, `table([0.45, 0.44, 0.4])` is `[3]` and `table([[1, 2, 1], [2, 4, 2]])` is `[2, 3]`.
struct Table: Op {
    let name = OpName.table
    let signature = Signature([], attributes: [AttributeDeclaration("values", .table)])

    func resultType(_ operands: [TensorType], _ attributes: Attributes) throws(OpError) -> TensorType {
        TensorType(.f32, Shape(attributes.table("values").shape.map { Size($0) }))
    }

    func gradient(
        of use: OpUse, outputGradient: ValueID, in builder: inout GraphBuilder
    ) throws(OpError) -> [ValueID?] {
        []
    }

    func rowMap(operand: Int, _ shapes: BoundShapes, _ attributes: Attributes) -> RowMap { .all }

    func evaluate<Scalar: EvaluationScalar>(
        _ operands: [Tensor<Scalar>], _ attributes: Attributes, resultShape: [Int]
    ) -> Tensor<Scalar> {
        Tensor(shape: resultShape, values: attributes.table("values").values.map { Scalar($0) })
    }

    func cost(_ shapes: BoundShapes, _ attributes: Attributes) -> Cost {
        let bytes = ElementType.f32.byteCount * shapes.result.elementCount
        return Cost(operationCount: 0, bytesRead: bytes, bytesWritten: bytes)
    }
}
