/// `sum_to(x, shape = […])`: sums x over the dimensions along which `shape` would be repeated to
/// broadcast to x. The transpose of `broadcast`, and so its gradient: a bias's gradient is
/// `sum_to(dy, shape = [C])`.
struct SumTo: Op {
    let name = OpName.sumTo
    let signature = Signature(["x"], attributes: [AttributeDeclaration("shape", .sizes)])

    func resultType(_ operands: [TensorType], _ attributes: Attributes) throws(OpError) -> TensorType {
        let target = TensorType(.f32, Shape(attributes.sizes("shape")))
        try operands[0].requireF32(in: name)
        guard Broadcasting.fits(target.shape, in: operands[0].shape) else {
            throw .sumTo(target, from: operands[0])
        }
        return target
    }

    func gradient(
        of use: OpUse, outputGradient: ValueID, in builder: inout GraphBuilder
    ) throws(OpError) -> [ValueID?] {
        let shape = builder.type(of: use.operands[0]).shape
        return [try builder.apply(.broadcast, [outputGradient], Reduction.shape(shape))]
    }

    func rowMap(operand: Int, _ shapes: BoundShapes, _ attributes: Attributes) -> RowMap { map(alongAxis: 1, shapes) }

    func columnMap(operand: Int, _ shapes: BoundShapes, _ attributes: Attributes) -> RowMap { map(alongAxis: 2, shapes) }

    /// Rows or columns stay where neither images nor they are summed.
    private func map(alongAxis axis: Int, _ shapes: BoundShapes) -> RowMap {
        let x = shapes.operands[0], result = shapes.result
        return x.count == 4 && result.count == 4 && x[0] == result[0] && x[axis] == result[axis] ? .identity : .all
    }

    @specialized(where Scalar == Float)
    @specialized(where Scalar == Double)
    func evaluate<Scalar: EvaluationScalar>(
        _ operands: [Tensor<Scalar>], _ attributes: Attributes, resultShape: [Int]
    ) -> Tensor<Scalar> {
        Tensor(shape: resultShape, values: Reduction.sums(of: operands[0], over: resultShape))
    }

    func cost(_ shapes: BoundShapes, _ attributes: Attributes) -> Cost {
        Cost(shapes, operationCount: shapes.operands[0].elementCount)
    }
}
