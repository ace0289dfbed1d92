/// The mean of all elements, a scalar. Its gradient spreads dy / count over the operand's shape.
struct Mean: Op {
    let name = OpName.mean
    let signature = Signature(["x"])

    func resultType(_ operands: [TensorType], _ attributes: Attributes) throws(OpError) -> TensorType {
        try operands[0].requireF32(in: name)
        return .scalar
    }

    func gradient(
        of use: OpUse, outputGradient: ValueID, in builder: inout GraphBuilder
    ) throws(OpError) -> [ValueID?] {
        let shape = builder.type(of: use.operands[0]).shape
        return [try builder.apply(.meanGradient, [outputGradient], Reduction.shape(shape))]
    }

    func rowMap(operand: Int, _ shapes: BoundShapes, _ attributes: Attributes) -> RowMap { .all }

    @specialized(where Scalar == Float)
    @specialized(where Scalar == Double)
    func evaluate<Scalar: EvaluationScalar>(
        _ operands: [Tensor<Scalar>], _ attributes: Attributes, resultShape: [Int]
    ) -> Tensor<Scalar> {
        let values = operands[0].values
        var total = 0.0
        for value in values { total += Double(value) }
        return .scalar(Scalar(total / Double(values.count)))
    }

    func cost(_ shapes: BoundShapes, _ attributes: Attributes) -> Cost {
        Cost(shapes, operationCount: shapes.operands[0].elementCount)
    }
}
