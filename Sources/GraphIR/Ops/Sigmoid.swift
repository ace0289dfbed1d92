import RealModule

/// The logistic function y = 1 / (1 + e^−x); its derivative is y · (1 − y).
struct Sigmoid: PointwiseOp {
    let name = OpName.sigmoid
    let signature = Signature(["x"])

    func gradient(
        of use: OpUse, outputGradient: ValueID, in builder: inout GraphBuilder
    ) throws(OpError) -> [ValueID?] {
        let complement = try builder.apply(.subtract, [builder.constant(1), use.result])
        let slope = try builder.apply(.multiply, [use.result, complement])
        return [try builder.apply(.multiply, [outputGradient, slope])]
    }

    @specialized(where Scalar == Float)
    @specialized(where Scalar == Double)
    func evaluate<Scalar: EvaluationScalar>(
        _ operands: [Tensor<Scalar>], _ attributes: Attributes, resultShape: [Int]
    ) -> Tensor<Scalar> {
        Tensor(shape: resultShape, values: operands[0].values.map { 1 / (1 + Scalar.exp(-$0)) })
    }
}
