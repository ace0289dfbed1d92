/// `u8(x)`: truncates toward zero and saturates to 0…255; NaN becomes 0. Write `u8(round(x))` to round.
///
/// A step function: it has no gradient.
struct CastToU8: Op {
    let name = OpName.castToU8
    let signature = Signature(["x"])
    let isPointwise = true

    func resultType(_ operands: [TensorType], _ attributes: Attributes) throws(OpError) -> TensorType {
        TensorType(.u8, operands[0].shape)
    }

    func gradient(
        of use: OpUse, outputGradient: ValueID, in builder: inout GraphBuilder
    ) throws(OpError) -> [ValueID?] {
        [nil]
    }

    func rowMap(operand: Int, _ shapes: BoundShapes, _ attributes: Attributes) -> RowMap {
        Broadcasting.rowMap(from: shapes.operands[operand], to: shapes.result)
    }

    @specialized(where Scalar == Float)
    @specialized(where Scalar == Double)
    func evaluate<Scalar: EvaluationScalar>(
        _ operands: [Tensor<Scalar>], _ attributes: Attributes, resultShape: [Int]
    ) -> Tensor<Scalar> {
        Tensor(
            shape: resultShape,
            values: operands[0].values.map { x in x.isNaN ? 0 : min(max(x, 0), 255).rounded(.towardZero) })
    }

    func cost(_ shapes: BoundShapes, _ attributes: Attributes) -> Cost {
        let count = shapes.result.elementCount
        return Cost(
            operationCount: count, bytesRead: ElementType.f32.byteCount * count,
            bytesWritten: ElementType.u8.byteCount * count)
    }
}
