import RealModule

/// The hyperbolic tangent y = tanh(x); its derivative is 1 − y².
struct Tanh: PointwiseOp {
    let name = OpName.tanh
    let signature = Signature(["x"])

    func gradient(
        of use: OpUse, outputGradient: ValueID, in builder: inout GraphBuilder
    ) throws(OpError) -> [ValueID?] {
        let square = try builder.apply(.multiply, [use.result, use.result])
        let slope = try builder.apply(.subtract, [builder.constant(1), square])
        return [try builder.apply(.multiply, [outputGradient, slope])]
    }

    @specialized(where Scalar == Float)
    @specialized(where Scalar == Double)
    func evaluate<Scalar: EvaluationScalar>(
        _ operands: [Tensor<Scalar>], _ attributes: Attributes, resultShape: [Int]
    ) -> Tensor<Scalar> {
        Tensor(shape: resultShape, values: operands[0].values.map(Scalar.tanh))
    }
}
