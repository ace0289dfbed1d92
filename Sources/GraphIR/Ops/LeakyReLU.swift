/// x where x > 0, else slope · x (Maas, Hannun and Ng, 2013, section 2).
///
/// `slope` is at least 0, so that the result has the operand's sign and its gradient needs the result
/// alone.
struct LeakyReLU: PointwiseOp {
    let name = OpName.leakyReLU
    let signature = Signature(["x"], attributes: [AttributeDeclaration("slope", .float, default: .float(0.2))])

    func resultType(_ operands: [TensorType], _ attributes: Attributes) throws(OpError) -> TensorType {
        try operands[0].requireF32(in: name)
        let slope = attributes.float("slope")
        guard slope >= 0, slope.isFinite else { throw .attribute(name, "slope", .negative(slope)) }
        return operands[0]
    }

    func gradient(
        of use: OpUse, outputGradient: ValueID, in builder: inout GraphBuilder
    ) throws(OpError) -> [ValueID?] {
        let slope = Attributes(["slope": .float(use.attributes.float("slope"))])
        return [try builder.apply(.reluGradient, [outputGradient, use.result], slope)]
    }

    @specialized(where Scalar == Float)
    @specialized(where Scalar == Double)
    func evaluate<Scalar: EvaluationScalar>(
        _ operands: [Tensor<Scalar>], _ attributes: Attributes, resultShape: [Int]
    ) -> Tensor<Scalar> {
        let slope = Scalar(attributes.float("slope"))
        return Tensor(shape: resultShape, values: operands[0].values.map { $0 > 0 ? $0 : slope * $0 })
    }

    func kinkSides<Scalar: EvaluationScalar>(
        _ operands: [Tensor<Scalar>], _ attributes: Attributes
    ) -> [Int8] {
        operands[0].values.map { $0 > 0 ? 1 : 0 }
    }
}
