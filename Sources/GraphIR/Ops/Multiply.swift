/// left · right
///
/// Shapes: any two that broadcast together, see ``Broadcasting``.
struct Multiply: PointwiseOp {
    let name = OpName.multiply
    let signature = Signature(["left", "right"])

    func gradient(
        of use: OpUse, outputGradient: ValueID, in builder: inout GraphBuilder
    ) throws(OpError) -> [ValueID?] {
        let (left, right) = (use.operands[0], use.operands[1])
        let byLeft = try builder.apply(.multiply, [outputGradient, right])
        let byRight = try builder.apply(.multiply, [outputGradient, left])
        return [
            try Broadcasting.reduce(byLeft, like: left, in: &builder),
            try Broadcasting.reduce(byRight, like: right, in: &builder),
        ]
    }

    @specialized(where Scalar == Float)
    @specialized(where Scalar == Double)
    func evaluate<Scalar: EvaluationScalar>(
        _ operands: [Tensor<Scalar>], _ attributes: Attributes, resultShape: [Int]
    ) -> Tensor<Scalar> {
        Broadcasting.combine(operands, resultShape) { $0 * $1 }
    }
}
