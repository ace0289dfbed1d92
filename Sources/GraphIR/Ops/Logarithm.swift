import RealModule

/// The natural logarithm: −∞ at 0, NaN below; its derivative is 1 / x.
struct Logarithm: PointwiseOp {
    let name = OpName.log
    let signature = Signature(["x"])

    func gradient(
        of use: OpUse, outputGradient: ValueID, in builder: inout GraphBuilder
    ) throws(OpError) -> [ValueID?] {
        [try builder.apply(.divide, [outputGradient, use.operands[0]])]
    }

    @specialized(where Scalar == Float)
    @specialized(where Scalar == Double)
    func evaluate<Scalar: EvaluationScalar>(
        _ operands: [Tensor<Scalar>], _ attributes: Attributes, resultShape: [Int]
    ) -> Tensor<Scalar> {
        Tensor(shape: resultShape, values: operands[0].values.map { Scalar.log($0) })
    }
}
