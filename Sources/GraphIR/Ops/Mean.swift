/// The mean over `axes`, or of all elements when none is given. With `keep_dims` the axes stay, of size 1.
///
/// Shapes: `mean(x, axes = [1, 2], keep_dims = true)`, the mean over each picture, makes `[N, 1, 1, C]` of
/// `[N, H, W, C]`. Its gradient spreads dy / count over the operand's shape.
struct Mean: Op {
    let name = OpName.mean
    let signature = Signature(["x"], attributes: Reduction.attributes)

    func resultType(_ operands: [TensorType], _ attributes: Attributes) throws(OpError) -> TensorType {
        try Reduction.resultType(operands[0], attributes, in: name)
    }

    func gradient(
        of use: OpUse, outputGradient: ValueID, in builder: inout GraphBuilder
    ) throws(OpError) -> [ValueID?] {
        let shape = builder.type(of: use.operands[0]).shape
        let spread = try Reduction.kept(outputGradient, from: shape, use.attributes, in: &builder)
        return [try builder.apply(.meanGradient, [spread], Reduction.shape(shape))]
    }

    func rowMap(operand: Int, _ shapes: BoundShapes, _ attributes: Attributes) -> RowMap {
        Reduction.map(alongAxis: 1, shapes, attributes)
    }

    func columnMap(operand: Int, _ shapes: BoundShapes, _ attributes: Attributes) -> RowMap {
        Reduction.map(alongAxis: 2, shapes, attributes)
    }

    @specialized(where Scalar == Float)
    @specialized(where Scalar == Double)
    func evaluate<Scalar: EvaluationScalar>(
        _ operands: [Tensor<Scalar>], _ attributes: Attributes, resultShape: [Int]
    ) -> Tensor<Scalar> {
        let x = operands[0]
        let kept = Reduction.keepingAxes(x.shape, axes: attributes.integers("axes"))
        let count = Double(x.values.count / resultShape.elementCount)
        return Tensor(shape: resultShape, values: Reduction.totals(of: x, over: kept).map { Scalar($0 / count) })
    }

    func cost(_ shapes: BoundShapes, _ attributes: Attributes) -> Cost {
        Cost(shapes, operationCount: shapes.operands[0].elementCount)
    }
}
