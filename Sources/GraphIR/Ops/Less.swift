/// `left < right` as a number: 1 where it holds, else 0, as for NaN. `a > b` is written for `b < a`.
///
/// Shapes: any two that broadcast together. Its derivative is zero but at the jump.
struct Less: PointwiseOp {
    let name = OpName.less
    let signature = Signature(["left", "right"])

    func gradient(
        of use: OpUse, outputGradient: ValueID, in builder: inout GraphBuilder
    ) throws(OpError) -> [ValueID?] {
        [nil, nil]
    }

    @specialized(where Scalar == Float)
    @specialized(where Scalar == Double)
    func evaluate<Scalar: EvaluationScalar>(
        _ operands: [Tensor<Scalar>], _ attributes: Attributes, resultShape: [Int]
    ) -> Tensor<Scalar> {
        Broadcasting.combine(operands, resultShape) { $0 < $1 ? 1 : 0 }
    }

    func kinkSides<Scalar: EvaluationScalar>(
        _ operands: [Tensor<Scalar>], _ attributes: Attributes
    ) -> [Int8] {
        Choice.sides(operands)
    }
}
