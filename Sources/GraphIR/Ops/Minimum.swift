/// `min(a, b)`: the smaller of two elements; NaN where either is.
///
/// Its derivative by a is 1 where a ≤ b, by b where a > b: of equal ones the first takes it all.
struct Minimum: PointwiseOp {
    let name = OpName.minimum
    let signature = Signature(["a", "b"])

    func gradient(
        of use: OpUse, outputGradient: ValueID, in builder: inout GraphBuilder
    ) throws(OpError) -> [ValueID?] {
        let takesSecond = try builder.apply(.less, [use.operands[1], use.operands[0]])
        return try Choice.gradient(takesSecond, outputGradient, of: use.operands[0], else: use.operands[1], in: &builder)
    }

    @specialized(where Scalar == Float)
    @specialized(where Scalar == Double)
    func evaluate<Scalar: EvaluationScalar>(
        _ operands: [Tensor<Scalar>], _ attributes: Attributes, resultShape: [Int]
    ) -> Tensor<Scalar> {
        Broadcasting.combine(operands, resultShape) { a, b in a < b || a.isNaN ? a : b }
    }

    func kinkSides<Scalar: EvaluationScalar>(
        _ operands: [Tensor<Scalar>], _ attributes: Attributes
    ) -> [Int8] {
        Choice.sides(operands)
    }
}
