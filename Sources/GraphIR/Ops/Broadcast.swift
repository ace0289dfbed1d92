/// `broadcast(x, shape = […])`: x repeated until it has `shape`, by the rule of ``Broadcasting``.
struct Broadcast: Op {
    let name = OpName.broadcast
    let signature = Signature(["x"], attributes: [AttributeDeclaration("shape", .sizes)])
    let isPointwise = true

    func resultType(_ operands: [TensorType], _ attributes: Attributes) throws(OpError) -> TensorType {
        let target = TensorType(.f32, Shape(attributes.sizes("shape")))
        try operands[0].requireF32(in: name)
        guard Broadcasting.fits(operands[0].shape, in: target.shape) else {
            throw .broadcast(operands[0], to: target)
        }
        return target
    }

    func gradient(
        of use: OpUse, outputGradient: ValueID, in builder: inout GraphBuilder
    ) throws(OpError) -> [ValueID?] {
        [try Broadcasting.reduce(outputGradient, like: use.operands[0], in: &builder)]
    }

    func rowMap(operand: Int, _ shapes: BoundShapes, _ attributes: Attributes) -> RowMap {
        Broadcasting.rowMap(from: shapes.operands[operand], to: shapes.result)
    }

    @specialized(where Scalar == Float)
    @specialized(where Scalar == Double)
    func evaluate<Scalar: EvaluationScalar>(
        _ operands: [Tensor<Scalar>], _ attributes: Attributes, resultShape: [Int]
    ) -> Tensor<Scalar> {
        let places = Broadcasting.places(of: operands[0].shape, in: resultShape)
        return Tensor(shape: resultShape, values: places.map { operands[0].values[$0] })
    }

    func cost(_ shapes: BoundShapes, _ attributes: Attributes) -> Cost {
        Cost(shapes, operationCount: 0)
    }
}
