/// The largest whole number that is not above x. Its gradient is zero.
struct Floor: PointwiseOp {
    let name = OpName.floor
    let signature = Signature(["x"])

    func gradient(
        of use: OpUse, outputGradient: ValueID, in builder: inout GraphBuilder
    ) throws(OpError) -> [ValueID?] {
        [nil]
    }

    @specialized(where Scalar == Float)
    @specialized(where Scalar == Double)
    func evaluate<Scalar: EvaluationScalar>(
        _ operands: [Tensor<Scalar>], _ attributes: Attributes, resultShape: [Int]
    ) -> Tensor<Scalar> {
        Tensor(shape: resultShape, values: operands[0].values.map { $0.rounded(.down) })
    }

    func kinkSides<Scalar: EvaluationScalar>(
        _ operands: [Tensor<Scalar>], _ attributes: Attributes
    ) -> [Int8] {
        // Neighbouring steps differ in the low bits of the rounded value.
        operands[0].values.map { $0.isFinite ? Int8($0.rounded(.down).remainder(dividingBy: 128)) : 0 }
    }
}
