/// `where(condition, a, b)`: a where the condition is not 0, else b. A NaN is not 0.
///
/// Shapes: any three that broadcast together. The derivative by the condition is zero but at the jump.
struct Select: PointwiseOp {
    let name = OpName.select
    let signature = Signature(["condition", "a", "b"])

    func gradient(
        of use: OpUse, outputGradient: ValueID, in builder: inout GraphBuilder
    ) throws(OpError) -> [ValueID?] {
        let (condition, a, b) = (use.operands[0], use.operands[1], use.operands[2])
        return [nil] + (try Choice.gradient(condition, outputGradient, of: b, else: a, in: &builder)).reversed()
    }

    @specialized(where Scalar == Float)
    @specialized(where Scalar == Double)
    func evaluate<Scalar: EvaluationScalar>(
        _ operands: [Tensor<Scalar>], _ attributes: Attributes, resultShape: [Int]
    ) -> Tensor<Scalar> {
        let places = operands.map { Broadcasting.places(of: $0.shape, in: resultShape) }
        return Tensor(
            shape: resultShape,
            values: (0..<resultShape.elementCount).map { index in
                let chosen = operands[0].values[places[0][index]] != 0 ? 1 : 2
                return operands[chosen].values[places[chosen][index]]
            })
    }

    func kinkSides<Scalar: EvaluationScalar>(
        _ operands: [Tensor<Scalar>], _ attributes: Attributes
    ) -> [Int8] {
        operands[0].values.map { $0 != 0 ? 1 : 0 }
    }
}
