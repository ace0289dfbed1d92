import RealModule

/// base^x for a base above 0 that is known when compiling; its derivative is ln(base) · base^x.
///
/// Adam's bias correction is `1 - power(step, base = 0.9)`.
struct Power: PointwiseOp {
    let name = OpName.power
    let signature = Signature(["x"], attributes: [AttributeDeclaration("base", .float)])

    func resultType(_ operands: [TensorType], _ attributes: Attributes) throws(OpError) -> TensorType {
        try operands[0].requireF32(in: name)
        let base = attributes.float("base")
        guard base > 0, base.isFinite else { throw .attribute(name, "base", .notPositive(base)) }
        return operands[0]
    }

    func gradient(
        of use: OpUse, outputGradient: ValueID, in builder: inout GraphBuilder
    ) throws(OpError) -> [ValueID?] {
        let slope = builder.constant(Double.log(use.attributes.float("base")))
        let scaled = try builder.apply(.multiply, [use.result, slope])
        return [try builder.apply(.multiply, [outputGradient, scaled])]
    }

    @specialized(where Scalar == Float)
    @specialized(where Scalar == Double)
    func evaluate<Scalar: EvaluationScalar>(
        _ operands: [Tensor<Scalar>], _ attributes: Attributes, resultShape: [Int]
    ) -> Tensor<Scalar> {
        let base = Scalar(attributes.float("base"))
        return Tensor(shape: resultShape, values: operands[0].values.map { Scalar.pow(base, $0) })
    }
}
