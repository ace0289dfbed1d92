/// The gradient of `mean`: dy repeated until it has `shape`, by the rule of ``Broadcasting``, and divided by how often
/// each element is repeated.
///
/// An op of its own because that number is known only once symbolic sizes are bound.
struct MeanGradient: Op {
    let name = OpName.meanGradient
    let signature = Signature(["dy"], attributes: [AttributeDeclaration("shape", .sizes)])
    let isPointwise = true

    func resultType(_ operands: [TensorType], _ attributes: Attributes) throws(OpError) -> TensorType {
        let target = TensorType(.f32, Shape(attributes.sizes("shape")))
        try operands[0].requireF32(in: name)
        guard Broadcasting.fits(operands[0].shape, in: target.shape) else { throw .broadcast(operands[0], to: target) }
        return target
    }

    /// Dividing by the count and repeating is the transpose of summing and dividing by the count.
    func gradient(
        of use: OpUse, outputGradient: ValueID, in builder: inout GraphBuilder
    ) throws(OpError) -> [ValueID?] {
        let shape = builder.type(of: use.operands[0]).shape, target = builder.type(of: use.result).shape
        let missing = target.rank - shape.rank
        let axes = target.dimensions.indices.filter { axis in
            axis < missing || (shape.dimensions[axis - missing] == Size(1) && target.dimensions[axis] != Size(1))
        }
        if axes.isEmpty { return [outputGradient] }
        if axes.count == target.rank, shape.rank == 0 { return [try builder.apply(.mean, [outputGradient])] }
        let mean = try builder.apply(
            .mean, [outputGradient],
            Attributes(["axes": .sizes(axes.map { Size($0) }), "keep_dims": .truth(true)]))
        return [try Reshape.apply(mean, to: shape, in: &builder)]
    }

    func rowMap(operand: Int, _ shapes: BoundShapes, _ attributes: Attributes) -> RowMap {
        Broadcasting.rowMap(from: shapes.operands[operand], to: shapes.result)
    }

    @specialized(where Scalar == Float)
    @specialized(where Scalar == Double)
    func evaluate<Scalar: EvaluationScalar>(
        _ operands: [Tensor<Scalar>], _ attributes: Attributes, resultShape: [Int]
    ) -> Tensor<Scalar> {
        let dy = operands[0]
        let count = Scalar(resultShape.elementCount / dy.values.count)
        let shares = dy.values.map { $0 / count }
        return Tensor(shape: resultShape, values: Broadcasting.places(of: dy.shape, in: resultShape).map { shares[$0] })
    }

    func cost(_ shapes: BoundShapes, _ attributes: Attributes) -> Cost {
        Cost(shapes, operationCount: 1)
    }
}
