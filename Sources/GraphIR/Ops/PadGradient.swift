/// The gradient of `pad`: to every pixel the sum of dy where it stands in the larger image.
///
/// Shapes: `[N, top + H + bottom, left + W + right, C]` to `[N, H, W, C]`.
struct PadGradient: Op {
    let name = OpName.padGradient
    let signature = Signature(["dy"], attributes: Array(ImageBorder.attributes.prefix(2)))

    func resultType(_ operands: [TensorType], _ attributes: Attributes) throws(OpError) -> TensorType {
        var result = operands[0]
        try result.requireF32(in: name)
        try result.requireImages(in: name)
        let sides = attributes.sizes("sides")
        result.shape.dimensions[1] = result.shape.dimensions[1] - sides[0] - sides[1]
        result.shape.dimensions[2] = result.shape.dimensions[2] - sides[2] - sides[3]
        try ImageBorder.check(result, attributes, in: name)
        return result
    }

    func gradient(
        of use: OpUse, outputGradient: ValueID, in builder: inout GraphBuilder
    ) throws(OpError) -> [ValueID?] {
        [try builder.apply(.pad, [outputGradient], use.attributes)]
    }

    func rowMap(operand: Int, _ shapes: BoundShapes, _ attributes: Attributes) -> RowMap {
        ImageBorder(attributes, axis: 1).gradientMap
    }

    func columnMap(operand: Int, _ shapes: BoundShapes, _ attributes: Attributes) -> RowMap {
        ImageBorder(attributes, axis: 2).gradientMap
    }

    @specialized(where Scalar == Float)
    @specialized(where Scalar == Double)
    func evaluate<Scalar: EvaluationScalar>(
        _ operands: [Tensor<Scalar>], _ attributes: Attributes, resultShape: [Int]
    ) -> Tensor<Scalar> {
        let dy = operands[0]
        var result = Tensor(shape: resultShape, repeating: Scalar(0))
        ImageBorder.forEachPixel(resultShape, attributes, dy.shape) { outside, inside in
            for channel in 0..<resultShape[3] { result.values[inside + channel] += dy.values[outside + channel] }
        }
        return result
    }

    func cost(_ shapes: BoundShapes, _ attributes: Attributes) -> Cost {
        Cost(shapes, operationCount: shapes.operands[0].elementCount)
    }
}
