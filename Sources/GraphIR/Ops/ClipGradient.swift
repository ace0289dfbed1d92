/// The gradient of `clip`: dy where min ≤ x ≤ max, else 0.
///
/// It is linear in `dy`; by `x` its derivative is zero but at the jumps.
struct ClipGradient: PointwiseOp {
    let name = OpName.clipGradient
    let signature = Signature(["dy", "x"], attributes: ClipBounds.attributes)

    func resultType(_ operands: [TensorType], _ attributes: Attributes) throws(OpError) -> TensorType {
        for operand in operands { try operand.requireF32(in: name) }
        try ClipBounds.check(attributes, in: name)
        return TensorType(.f32, try Broadcasting.shape(of: operands, in: name))
    }

    func gradient(
        of use: OpUse, outputGradient: ValueID, in builder: inout GraphBuilder
    ) throws(OpError) -> [ValueID?] {
        let byGradient = try builder.apply(.clipGradient, [outputGradient, use.operands[1]], use.attributes)
        return [try Broadcasting.reduce(byGradient, like: use.operands[0], in: &builder), nil]
    }

    @specialized(where Scalar == Float)
    @specialized(where Scalar == Double)
    func evaluate<Scalar: EvaluationScalar>(
        _ operands: [Tensor<Scalar>], _ attributes: Attributes, resultShape: [Int]
    ) -> Tensor<Scalar> {
        let (lower, upper) = (Scalar(attributes.float("min")), Scalar(attributes.float("max")))
        return Broadcasting.combine(operands, resultShape) { dy, x in lower <= x && x <= upper ? dy : 0 }
    }

    func kinkSides<Scalar: EvaluationScalar>(
        _ operands: [Tensor<Scalar>], _ attributes: Attributes
    ) -> [Int8] {
        ClipBounds.sides(operands[1], attributes)
    }
}
