import RealModule

/// e^x, its own derivative; ∞ where that is too large.
struct Exponential: PointwiseOp {
    let name = OpName.exp
    let signature = Signature(["x"])

    func gradient(
        of use: OpUse, outputGradient: ValueID, in builder: inout GraphBuilder
    ) throws(OpError) -> [ValueID?] {
        [try builder.apply(.multiply, [outputGradient, use.result])]
    }

    @specialized(where Scalar == Float)
    @specialized(where Scalar == Double)
    func evaluate<Scalar: EvaluationScalar>(
        _ operands: [Tensor<Scalar>], _ attributes: Attributes, resultShape: [Int]
    ) -> Tensor<Scalar> {
        Tensor(shape: resultShape, values: operands[0].values.map { Scalar.exp($0) })
    }
}
