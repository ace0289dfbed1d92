/// The sum over `axes`, or of all elements when none is given. With `keep_dims` the axes stay, of size 1.
///
/// Shapes: `sum(x, axes = [0, 1, 2])` makes `[C]` of `[N, H, W, C]`.
struct Sum: Op {
    let name = OpName.sum
    let signature = Signature(["x"], attributes: Reduction.attributes)

    func resultType(_ operands: [TensorType], _ attributes: Attributes) throws(OpError) -> TensorType {
        try Reduction.resultType(operands[0], attributes, in: name)
    }

    func gradient(
        of use: OpUse, outputGradient: ValueID, in builder: inout GraphBuilder
    ) throws(OpError) -> [ValueID?] {
        var attributes = Reduction.shape(builder.type(of: use.operands[0]).shape)
        if use.attributes.truth("keep_dims") { return [try builder.apply(.broadcast, [outputGradient], attributes)] }
        attributes["axes"] = .sizes(use.attributes.sizes("axes"))
        return [try builder.apply(.sumGradient, [outputGradient], attributes)]
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
        let kept = Reduction.keepingAxes(operands[0].shape, axes: attributes.integers("axes"))
        return Tensor(shape: resultShape, values: Reduction.sums(of: operands[0], over: kept))
    }

    func cost(_ shapes: BoundShapes, _ attributes: Attributes) -> Cost {
        Cost(shapes, operationCount: shapes.operands[0].elementCount)
    }
}
