/// `avg_pool(x, size, stride, pad = valid, exact = false, count_pad = true)`: the mean over each window.
///
/// With `count_pad` the padding counts as zeros, as PyTorch has it, and else the mean is over the pixels that exist.
/// Shapes: x `[N, H, W, C]` to `[N, (H + top + bottom − size)//stride + 1, …, C]`; ``Pooling`` has the windows.
struct AveragePool: Op {
    let name = OpName.averagePool
    let signature = Signature(["x"], attributes: AveragePool.attributes)

    static let attributes = Pooling.attributes + [AttributeDeclaration("count_pad", .truth, default: .truth(true))]

    func resultType(_ operands: [TensorType], _ attributes: Attributes) throws(OpError) -> TensorType {
        try Pooling.outputType(of: operands[0], attributes, in: name)
    }

    func gradient(
        of use: OpUse, outputGradient: ValueID, in builder: inout GraphBuilder
    ) throws(OpError) -> [ValueID?] {
        let image = builder.type(of: use.operands[0]).shape.dimensions
        var attributes = AveragePool.passed(use.attributes)
        attributes["height"] = .size(image[1])
        attributes["width"] = .size(image[2])
        return [try builder.apply(.averagePoolGradient, [outputGradient], attributes)]
    }

    /// The attributes of one use, for passing on to its gradient's or back.
    static func passed(_ attributes: Attributes) -> Attributes {
        var passed = Pooling.passed(attributes)
        passed["count_pad"] = .truth(attributes.truth("count_pad"))
        return passed
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
        var y = Tensor(shape: resultShape, repeating: Scalar(0))
        Pooling(attributes).forEachWindow(x.shape, resultShape) { pooled, pixels in
            let count = AveragePool.count(pixels.count, attributes)
            for c in 0..<x.shape[3] {
                let total = pixels.reduce(0.0) { $0 + Double(x.values[$1 + c]) }
                y.values[pooled + c] = Scalar(total / Double(count))
            }
        }
        return y
    }

    /// What the sum over a window is divided by.
    static func count(_ pixelCount: Int, _ attributes: Attributes) -> Int {
        attributes.truth("count_pad") ? Pooling(attributes).window.reduce(1, *) : pixelCount
    }

    func cost(_ shapes: BoundShapes, _ attributes: Attributes) -> Cost {
        Cost(shapes, operationCount: Pooling(attributes).window.reduce(shapes.result.elementCount, *))
    }
}
