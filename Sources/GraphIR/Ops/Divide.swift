/// left / right. Its derivative by right is −left / right² = −(result / right).
///
/// Shapes: any two that broadcast together, see ``Broadcasting``.
struct Divide: PointwiseOp {
    let name = OpName.divide
    let signature = Signature(["left", "right"])

    func gradient(
        of use: OpUse, outputGradient: ValueID, in builder: inout GraphBuilder
    ) throws(OpError) -> [ValueID?] {
        let (left, right) = (use.operands[0], use.operands[1])
        let byLeft = try builder.apply(.divide, [outputGradient, right])
        let product = try builder.apply(.multiply, [byLeft, use.result])
        let byRight = try Broadcasting.reduce(product, like: right, in: &builder)
        return [
            try Broadcasting.reduce(byLeft, like: left, in: &builder),
            try builder.apply(.negate, [byRight]),
        ]
    }

    @specialized(where Scalar == Float)
    @specialized(where Scalar == Double)
    func evaluate<Scalar: EvaluationScalar>(
        _ operands: [Tensor<Scalar>], _ attributes: Attributes, resultShape: [Int]
    ) -> Tensor<Scalar> {
        Broadcasting.combine(operands, resultShape) { $0 / $1 }
    }
}
