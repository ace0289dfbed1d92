import RealModule

/// erf x = 2/√π · ∫ e^(−t²) dt from 0 to x; its derivative is 2/√π · e^(−x²).
///
/// The exact GELU is `0.5 * x * (1 + erf(x / 1.4142135623730951))`.
struct ErrorFunction: PointwiseOp {
    let name = OpName.erf
    let signature = Signature(["x"])

    func gradient(
        of use: OpUse, outputGradient: ValueID, in builder: inout GraphBuilder
    ) throws(OpError) -> [ValueID?] {
        let x = use.operands[0]
        let square = try builder.apply(.multiply, [x, x])
        let bell = try builder.apply(.exp, [try builder.apply(.negate, [square])])
        let slope = try builder.apply(.multiply, [bell, builder.constant(2 / Double.pi.squareRoot())])
        return [try builder.apply(.multiply, [outputGradient, slope])]
    }

    @specialized(where Scalar == Float)
    @specialized(where Scalar == Double)
    func evaluate<Scalar: EvaluationScalar>(
        _ operands: [Tensor<Scalar>], _ attributes: Attributes, resultShape: [Int]
    ) -> Tensor<Scalar> {
        Tensor(shape: resultShape, values: operands[0].values.map { Scalar.erf($0) })
    }
}
