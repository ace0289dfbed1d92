/// max(x, 0); NaN stays NaN. Its derivative at 0 is taken as 0.
struct ReLU: PointwiseOp {
    let name = OpName.relu
    let signature = Signature(["x"])

    func gradient(
        of use: OpUse, outputGradient: ValueID, in builder: inout GraphBuilder
    ) throws(OpError) -> [ValueID?] {
        [try builder.apply(.reluGradient, [outputGradient, use.result])]
    }

    @specialized(where Scalar == Float)
    @specialized(where Scalar == Double)
    func evaluate<Scalar: EvaluationScalar>(
        _ operands: [Tensor<Scalar>], _ attributes: Attributes, resultShape: [Int]
    ) -> Tensor<Scalar> {
        Tensor(shape: resultShape, values: operands[0].values.map { max($0, 0) })
    }

    func kinkSides<Scalar: EvaluationScalar>(
        _ operands: [Tensor<Scalar>], _ attributes: Attributes
    ) -> [Int8] {
        operands[0].values.map { $0 > 0 ? 1 : 0 }
    }
}
