/// `transpose(x, order = […])`: axis k of the result is axis order[k] of x.
///
/// Shapes: `transpose(x, order = [0, 2, 1])` makes `[N, K, T]` of `[N, T, K]`; of either element type.
struct Transpose: Op {
    let name = OpName.transpose
    let signature = Signature(["x"], attributes: [AttributeDeclaration("order", .sizes)])

    func resultType(_ operands: [TensorType], _ attributes: Attributes) throws(OpError) -> TensorType {
        let sizes = operands[0].shape.dimensions
        let order = attributes.sizes("order").compactMap(\.constant)
        guard order.sorted() == Array(sizes.indices), order.count == attributes.sizes("order").count else {
            throw .order(attributes.sizes("order"), of: operands[0])
        }
        return TensorType(operands[0].element, Shape(order.map { sizes[$0] }))
    }

    func gradient(
        of use: OpUse, outputGradient: ValueID, in builder: inout GraphBuilder
    ) throws(OpError) -> [ValueID?] {
        let order = use.attributes.integers("order")
        let inverse = order.indices.sorted { order[$0] < order[$1] }
        return [try builder.apply(.transpose, [outputGradient], Attributes(["order": .sizes(inverse.map { Size($0) })]))]
    }

    func rowMap(operand: Int, _ shapes: BoundShapes, _ attributes: Attributes) -> RowMap {
        map(of: 1, attributes)
    }

    func columnMap(operand: Int, _ shapes: BoundShapes, _ attributes: Attributes) -> RowMap {
        map(of: 2, attributes)
    }

    private func map(of axis: Int, _ attributes: Attributes) -> RowMap {
        let order = attributes.integers("order")
        return order.count == 4 && order[0] == 0 && order[axis] == axis ? .identity : .all
    }

    @specialized(where Scalar == Float)
    @specialized(where Scalar == Double)
    func evaluate<Scalar: EvaluationScalar>(
        _ operands: [Tensor<Scalar>], _ attributes: Attributes, resultShape: [Int]
    ) -> Tensor<Scalar> {
        let x = operands[0]
        var stride = 1
        var strides = x.shape
        for axis in x.shape.indices.reversed() {
            strides[axis] = stride
            stride *= x.shape[axis]
        }
        var places = [0]
        for axis in attributes.integers("order") {
            places = places.flatMap { place in (0..<x.shape[axis]).map { place + $0 * strides[axis] } }
        }
        return Tensor(shape: resultShape, values: places.map { x.values[$0] })
    }

    func cost(_ shapes: BoundShapes, _ attributes: Attributes) -> Cost {
        Cost(shapes, operationCount: 0)
    }
}
