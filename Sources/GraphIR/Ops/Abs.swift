/// |x|; its derivative at 0 is taken as 0.
struct Abs: PointwiseOp {
    let name = OpName.abs
    let signature = Signature(["x"])

    func gradient(
        of use: OpUse, outputGradient: ValueID, in builder: inout GraphBuilder
    ) throws(OpError) -> [ValueID?] {
        let sign = try builder.apply(.sign, [use.operands[0]])
        return [try builder.apply(.multiply, [outputGradient, sign])]
    }

    @specialized(where Scalar == Float)
    @specialized(where Scalar == Double)
    func evaluate<Scalar: EvaluationScalar>(
        _ operands: [Tensor<Scalar>], _ attributes: Attributes, resultShape: [Int]
    ) -> Tensor<Scalar> {
        Tensor(shape: resultShape, values: operands[0].values.map { $0.magnitude })
    }

    func kinkSides<Scalar: EvaluationScalar>(
        _ operands: [Tensor<Scalar>], _ attributes: Attributes
    ) -> [Int8] {
        operands[0].values.map { $0 > 0 ? 1 : 0 }
    }
}
