/// The gradient of `avg_pool`: to each pixel its share of dy of every window that holds it.
///
/// Shapes: dy `[N, OH, OW, C]` to `[N, height, width, C]`, the image's size, since several share one pooled size.
struct AveragePoolGradient: Op {
    let name = OpName.averagePoolGradient
    let signature = Signature(
        ["dy"],
        attributes: [AttributeDeclaration("height", .size), AttributeDeclaration("width", .size)] + AveragePool.attributes)

    func resultType(_ operands: [TensorType], _ attributes: Attributes) throws(OpError) -> TensorType {
        try operands[0].requireF32(in: name)
        try operands[0].requireImages(in: name)
        var image = operands[0]
        image.shape.dimensions[1] = attributes.size("height")
        image.shape.dimensions[2] = attributes.size("width")
        try operands[0].require(try Pooling.outputType(of: image, attributes, in: name), as: "dy", in: name)
        return image
    }

    func gradient(
        of use: OpUse, outputGradient: ValueID, in builder: inout GraphBuilder
    ) throws(OpError) -> [ValueID?] {
        [try builder.apply(.averagePool, [outputGradient], AveragePool.passed(use.attributes))]
    }

    func rowMap(operand: Int, _ shapes: BoundShapes, _ attributes: Attributes) -> RowMap {
        Pooling(attributes).gradientMap(alongAxis: 1)
    }

    func columnMap(operand: Int, _ shapes: BoundShapes, _ attributes: Attributes) -> RowMap {
        Pooling(attributes).gradientMap(alongAxis: 2)
    }

    @specialized(where Scalar == Float)
    @specialized(where Scalar == Double)
    func evaluate<Scalar: EvaluationScalar>(
        _ operands: [Tensor<Scalar>], _ attributes: Attributes, resultShape: [Int]
    ) -> Tensor<Scalar> {
        let dy = operands[0]
        var dx = Tensor(shape: resultShape, repeating: Scalar(0))
        Pooling(attributes).forEachWindow(resultShape, dy.shape) { pooled, pixels in
            let count = Scalar(AveragePool.count(pixels.count, attributes))
            for pixel in pixels {
                for c in 0..<resultShape[3] { dx.values[pixel + c] += dy.values[pooled + c] / count }
            }
        }
        return dx
    }

    func cost(_ shapes: BoundShapes, _ attributes: Attributes) -> Cost {
        Cost(shapes, operationCount: Pooling(attributes).window.reduce(shapes.operands[0].elementCount, *))
    }
}
