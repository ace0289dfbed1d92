/// `f32(x)`: the same number as a float; of an f32 it is the operand itself.
///
/// Its gradient by a u8 operand has no meaning.
struct CastToF32: Op {
    let name = OpName.castToF32
    let signature = Signature(["x"])
    let isPointwise = true

    func resultType(_ operands: [TensorType], _ attributes: Attributes) throws(OpError) -> TensorType {
        TensorType(.f32, operands[0].shape)
    }

    func gradient(
        of use: OpUse, outputGradient: ValueID, in builder: inout GraphBuilder
    ) throws(OpError) -> [ValueID?] {
        [builder.type(of: use.operands[0]).element == .f32 ? outputGradient : nil]
    }

    func rowMap(operand: Int, _ shapes: BoundShapes, _ attributes: Attributes) -> RowMap {
        Broadcasting.rowMap(from: shapes.operands[operand], to: shapes.result)
    }

    func evaluate<Scalar: EvaluationScalar>(
        _ operands: [Tensor<Scalar>], _ attributes: Attributes, resultShape: [Int]
    ) -> Tensor<Scalar> {
        operands[0]
    }

    func cost(_ shapes: BoundShapes, _ attributes: Attributes) -> Cost {
        let count = shapes.result.elementCount
        return Cost(
            operationCount: count, bytesRead: ElementType.u8.byteCount * count,
            bytesWritten: ElementType.f32.byteCount * count)
    }
}
