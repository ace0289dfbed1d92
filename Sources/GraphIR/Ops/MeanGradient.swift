/// The gradient of `mean`: dy / count at each element of `shape`, count being the number of them.
///
/// An op of its own because the count is known only once symbolic sizes are bound.
struct MeanGradient: Op {
    let name = OpName.meanGradient
    let signature = Signature(["dy"], attributes: [AttributeDeclaration("shape", .sizes)])
    let isPointwise = true

    func resultType(_ operands: [TensorType], _ attributes: Attributes) throws(OpError) -> TensorType {
        try operands[0].require(.scalar, as: "dy", in: name)
        return TensorType(.f32, Shape(attributes.sizes("shape")))
    }

    /// Dividing by the count and repeating is the transpose of summing and dividing by the count.
    func gradient(
        of use: OpUse, outputGradient: ValueID, in builder: inout GraphBuilder
    ) throws(OpError) -> [ValueID?] {
        [try builder.apply(.mean, [outputGradient])]
    }

    func rowMap(operand: Int, _ shapes: BoundShapes, _ attributes: Attributes) -> RowMap { .all }

    func evaluate<Scalar: EvaluationScalar>(
        _ operands: [Tensor<Scalar>], _ attributes: Attributes, resultShape: [Int]
    ) -> Tensor<Scalar> {
        Tensor(shape: resultShape, repeating: operands[0].values[0] / Scalar(resultShape.elementCount))
    }

    func cost(_ shapes: BoundShapes, _ attributes: Attributes) -> Cost {
        Cost(shapes, operationCount: 1)
    }
}
