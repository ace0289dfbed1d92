/// The gradient of `relu` and `leaky_relu`: dy where y > 0, else slope · dy, y being their result.
///
/// It is linear in `dy`; by `y` its derivative is zero but at the jump.
struct ReLUGradient: PointwiseOp {
    let name = OpName.reluGradient
    let signature = Signature(["dy", "y"], attributes: [AttributeDeclaration("slope", .float, default: .float(0))])

    func gradient(
        of use: OpUse, outputGradient: ValueID, in builder: inout GraphBuilder
    ) throws(OpError) -> [ValueID?] {
        let slope = Attributes(["slope": .float(use.attributes.float("slope"))])
        let byGradient = try builder.apply(.reluGradient, [outputGradient, use.operands[1]], slope)
        return [try Broadcasting.reduce(byGradient, like: use.operands[0], in: &builder), nil]
    }

    @specialized(where Scalar == Float)
    @specialized(where Scalar == Double)
    func evaluate<Scalar: EvaluationScalar>(
        _ operands: [Tensor<Scalar>], _ attributes: Attributes, resultShape: [Int]
    ) -> Tensor<Scalar> {
        let slope = Scalar(attributes.float("slope"))
        return Broadcasting.combine(operands, resultShape) { dy, y in y > 0 ? dy : slope * dy }
    }

    func kinkSides<Scalar: EvaluationScalar>(
        _ operands: [Tensor<Scalar>], _ attributes: Attributes
    ) -> [Int8] {
        operands[1].values.map { $0 > 0 ? 1 : 0 }
    }
}
