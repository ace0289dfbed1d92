/// `max_pool(x, size, stride, pad = valid, exact = false)`: the largest of the pixels in each window; NaN where one is.
///
/// Of several that are largest the first takes the gradient, row after row, as PyTorch has it. Padding is never the largest.
/// Shapes: x `[N, H, W, C]` to `[N, (H + top + bottom − size)//stride + 1, …, C]`; ``Pooling`` has the windows.
struct MaxPool: Op {
    let name = OpName.maxPool
    let signature = Signature(["x"], attributes: Pooling.attributes)

    func resultType(_ operands: [TensorType], _ attributes: Attributes) throws(OpError) -> TensorType {
        try Pooling.outputType(of: operands[0], attributes, in: name)
    }

    func gradient(
        of use: OpUse, outputGradient: ValueID, in builder: inout GraphBuilder
    ) throws(OpError) -> [ValueID?] {
        [try builder.apply(.maxPoolGradient, [outputGradient, use.operands[0], use.result], Pooling.passed(use.attributes))]
    }

    func rowMap(operand: Int, _ shapes: BoundShapes, _ attributes: Attributes) -> RowMap {
        Pooling(attributes).map(alongAxis: 1)
    }

    func columnMap(operand: Int, _ shapes: BoundShapes, _ attributes: Attributes) -> RowMap {
        Pooling(attributes).map(alongAxis: 2)
    }

    @specialized(where Scalar == Float)
    @specialized(where Scalar == Double)
    func evaluate<Scalar: EvaluationScalar>(
        _ operands: [Tensor<Scalar>], _ attributes: Attributes, resultShape: [Int]
    ) -> Tensor<Scalar> {
        let x = operands[0]
        var y = Tensor(shape: resultShape, repeating: -Scalar.infinity)
        Pooling(attributes).forEachWindow(x.shape, resultShape) { pooled, pixels in
            for pixel in pixels {
                for c in 0..<x.shape[3] {
                    let value = x.values[pixel + c]
                    if value > y.values[pooled + c] || value.isNaN { y.values[pooled + c] = value }
                }
            }
        }
        return y
    }

    /// Which pixel of each window is the largest.
    func kinkSides<Scalar: EvaluationScalar>(_ operands: [Tensor<Scalar>], _ attributes: Attributes) -> [Int8] {
        let x = operands[0]
        guard let shape = try? resultType([TensorType(.f32, Shape(x.shape.map { Size($0) }))], attributes).shape.constant
        else { return [] }
        var sides: [Int8] = []
        Pooling(attributes).forEachWindow(x.shape, shape) { _, pixels in
            for c in 0..<x.shape[3] {
                let largest = pixels.indices.max { x.values[pixels[$0] + c] < x.values[pixels[$1] + c] }
                sides.append(Int8(truncatingIfNeeded: largest ?? 0))
            }
        }
        return sides
    }

    func cost(_ shapes: BoundShapes, _ attributes: Attributes) -> Cost {
        Cost(shapes, operationCount: Pooling(attributes).window.reduce(shapes.result.elementCount, *))
    }
}
