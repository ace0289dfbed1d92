/// An ``Op`` on f32 operands, broadcast together, that computes each element of its result by itself.
///
/// Says once what all of them share, so that the file of each holds its formula and its gradient.
protocol PointwiseOp: Op {
    /// Additions, multiplications and function calls for each element of the result.
    var operationsPerElement: Int { get }
}

extension PointwiseOp {
    var isPointwise: Bool { true }

    var operationsPerElement: Int { 1 }

    func resultType(_ operands: [TensorType], _ attributes: Attributes) throws(OpError) -> TensorType {
        for operand in operands { try operand.requireF32(in: name) }
        return TensorType(.f32, try Broadcasting.shape(of: operands, in: name))
    }

    func rowMap(operand: Int, _ shapes: BoundShapes, _ attributes: Attributes) -> RowMap {
        Broadcasting.rowMap(from: shapes.operands[operand], to: shapes.result)
    }

    func cost(_ shapes: BoundShapes, _ attributes: Attributes) -> Cost {
        Cost(shapes, operationCount: operationsPerElement * shapes.result.elementCount)
    }
}
