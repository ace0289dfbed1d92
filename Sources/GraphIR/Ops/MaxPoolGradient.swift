/// The gradient of `max_pool`: dy goes to the first pixel of its window, row after row, that equals y.
///
/// Shapes: dy and y `[N, OH, OW, C]`, x and the result `[N, H, W, C]`.
struct MaxPoolGradient: Op {
    let name = OpName.maxPoolGradient
    let signature = Signature(["dy", "x", "y"], attributes: Pooling.attributes)

    func resultType(_ operands: [TensorType], _ attributes: Attributes) throws(OpError) -> TensorType {
        let pooled = try Pooling.outputType(of: operands[1], attributes, in: name)
        try operands[0].require(pooled, as: "dy", in: name)
        try operands[2].require(pooled, as: "y", in: name)
        return operands[1]
    }

    func gradient(
        of use: OpUse, outputGradient: ValueID, in builder: inout GraphBuilder
    ) throws(OpError) -> [ValueID?] {
        throw .noGradient(name)
    }

    func rowMap(operand: Int, _ shapes: BoundShapes, _ attributes: Attributes) -> RowMap {
        map(operand, alongAxis: 1, attributes)
    }

    func columnMap(operand: Int, _ shapes: BoundShapes, _ attributes: Attributes) -> RowMap {
        map(operand, alongAxis: 2, attributes)
    }

    private func map(_ operand: Int, alongAxis axis: Int, _ attributes: Attributes) -> RowMap {
        let pooling = Pooling(attributes)
        return operand == 1 ? pooling.neighbourMap(alongAxis: axis) : pooling.gradientMap(alongAxis: axis)
    }

    @specialized(where Scalar == Float)
    @specialized(where Scalar == Double)
    func evaluate<Scalar: EvaluationScalar>(
        _ operands: [Tensor<Scalar>], _ attributes: Attributes, resultShape: [Int]
    ) -> Tensor<Scalar> {
        let (dy, x, y) = (operands[0], operands[1], operands[2])
        var dx = Tensor(shape: resultShape, repeating: Scalar(0))
        Pooling(attributes).forEachWindow(x.shape, y.shape) { pooled, pixels in
            for c in 0..<x.shape[3] {
                let first = pixels.first { x.values[$0 + c] == y.values[pooled + c] }
                if let first { dx.values[first + c] += dy.values[pooled + c] }
            }
        }
        return dx
    }

    func cost(_ shapes: BoundShapes, _ attributes: Attributes) -> Cost {
        Cost(shapes, operationCount: Pooling(attributes).window.reduce(shapes.operands[0].elementCount, *))
    }
}
