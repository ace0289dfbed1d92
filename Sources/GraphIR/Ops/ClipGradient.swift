/// The gradient of `clip`: dy where min ≤ x ≤ max, else 0.
///
/// It is linear in `dy`; by `x` its derivative is zero but at the jumps.
struct ClipGradient: PointwiseOp {
    let name = "clip_gradient"
    let signature = Signature(["dy", "x"], attributes: ClipBounds.attributes)

    func resultType(_ operands: [TensorType], _ attributes: Attributes) throws(OpError) -> TensorType {
        for operand in operands { try operand.requireF32(in: name) }
        try ClipBounds.check(attributes, in: name)
        return TensorType(.f32, try Broadcasting.shape(of: operands, in: name))
    }

    func gradient(
        of use: OpUse, outputGradient: ValueID, in builder: inout GraphBuilder
    ) throws(OpError) -> [ValueID?] {
        let byGradient = try builder.apply("clip_gradient", [outputGradient, use.operands[1]], use.attributes)
        return [try Broadcasting.reduce(byGradient, like: use.operands[0], in: &builder), nil]
    }

    @specialized(where Scalar == Float)
    @specialized(where Scalar == Double)
    func evaluate<Scalar: EvaluationScalar>(
        _ operands: [Tensor<Scalar>], _ attributes: Attributes, resultShape: [Int]
    ) -> Tensor<Scalar> {
        let (lower, upper) = (Scalar(attributes.float("min")), Scalar(attributes.float("max")))
        let (dy, x) = (operands[0].values, operands[1].values)
        let places = Broadcasting.pairs(operands[0].shape, operands[1].shape, in: resultShape)
        return Tensor(shape: resultShape, values: places.map { lower <= x[$1] && x[$1] <= upper ? dy[$0] : 0 })
    }

    func kinkSides<Scalar: EvaluationScalar>(
        _ operands: [Tensor<Scalar>], _ attributes: Attributes
    ) -> [Int8] {
        ClipBounds.sides(operands[1], attributes)
    }
}
