/// left − right
///
/// Shapes: any two that broadcast together, see ``Broadcasting``.
struct Subtract: PointwiseOp {
    let name = OpName.subtract
    let signature = Signature(["left", "right"])

    func gradient(
        of use: OpUse, outputGradient: ValueID, in builder: inout GraphBuilder
    ) throws(OpError) -> [ValueID?] {
        let byRight = try Broadcasting.reduce(outputGradient, like: use.operands[1], in: &builder)
        return [
            try Broadcasting.reduce(outputGradient, like: use.operands[0], in: &builder),
            try builder.apply(.negate, [byRight]),
        ]
    }

    @specialized(where Scalar == Float)
    @specialized(where Scalar == Double)
    func evaluate<Scalar: EvaluationScalar>(
        _ operands: [Tensor<Scalar>], _ attributes: Attributes, resultShape: [Int]
    ) -> Tensor<Scalar> {
        Broadcasting.combine(operands, resultShape) { $0 - $1 }
    }
}
