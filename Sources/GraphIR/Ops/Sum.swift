/// The sum over `axes`, which the result lacks; over all elements when none is given.
///
/// Shapes: `sum(x, axes = [0, 1, 2])` makes `[C]` of `[N, H, W, C]`.
struct Sum: Op {
    let name = OpName.sum
    let signature = Signature(["x"], attributes: [AttributeDeclaration("axes", .sizes, default: .sizes([]))])

    func resultType(_ operands: [TensorType], _ attributes: Attributes) throws(OpError) -> TensorType {
        let x = operands[0]
        try x.requireF32(in: name)
        let axes = try Sum.axes(attributes, rank: x.shape.rank, in: name)
        let kept = x.shape.dimensions.indices.filter { !axes.isEmpty && !axes.contains($0) }
        return TensorType(.f32, Shape(kept.map { x.shape.dimensions[$0] }))
    }

    func gradient(
        of use: OpUse, outputGradient: ValueID, in builder: inout GraphBuilder
    ) throws(OpError) -> [ValueID?] {
        var attributes = Reduction.shape(builder.type(of: use.operands[0]).shape)
        attributes["axes"] = .sizes(use.attributes.sizes("axes"))
        return [try builder.apply(.sumGradient, [outputGradient], attributes)]
    }

    func rowMap(operand: Int, _ shapes: BoundShapes, _ attributes: Attributes) -> RowMap { .all }

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

    /// The attribute `axes`: known, distinct, below the rank.
    static func axes(_ attributes: Attributes, rank: Int, in op: OpName) throws(OpError) -> [Int] {
        var axes: [Int] = []
        for size in attributes.sizes("axes") {
            guard let axis = size.constant, axis >= 0, axis < rank, !axes.contains(axis) else {
                throw .reducedAxis(op, size, rank: rank)
            }
            axes.append(axis)
        }
        return axes
    }
}
