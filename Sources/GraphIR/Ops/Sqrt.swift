/// √x, NaN below 0; its derivative is 1 / (2 · √x).
struct Sqrt: PointwiseOp {
    let name = OpName.sqrt
    let signature = Signature(["x"])

    func gradient(
        of use: OpUse, outputGradient: ValueID, in builder: inout GraphBuilder
    ) throws(OpError) -> [ValueID?] {
        let half = try builder.apply(.multiply, [outputGradient, builder.constant(0.5)])
        return [try builder.apply(.divide, [half, use.result])]
    }

    @specialized(where Scalar == Float)
    @specialized(where Scalar == Double)
    func evaluate<Scalar: EvaluationScalar>(
        _ operands: [Tensor<Scalar>], _ attributes: Attributes, resultShape: [Int]
    ) -> Tensor<Scalar> {
        Tensor(shape: resultShape, values: operands[0].values.map { $0.squareRoot() })
    }
}
