/// `pad(x, sides, mode = constant, value = 0)`: rows and columns around an image.
///
/// `sides` are those of ``ConvolutionPadding``: a number for all, two for top and bottom, and left and right, or
/// top, bottom, left and right; they may depend on sizes. `constant` fills with `value`, `edge` repeats the nearest
/// pixel, `reflect` mirrors at the outermost pixels (`cb|abc`), each as NumPy's `pad` does.
/// Shapes: `[N, H, W, C]` to `[N, top + H + bottom, left + W + right, C]`.
struct Pad: Op {
    let name = OpName.pad
    let signature = Signature(["x"], attributes: ImageBorder.attributes)

    func resultType(_ operands: [TensorType], _ attributes: Attributes) throws(OpError) -> TensorType {
        var result = operands[0]
        try result.requireF32(in: name)
        try result.requireImages(in: name)
        try ImageBorder.check(operands[0], attributes, in: name)
        let sides = attributes.sizes("sides")
        result.shape.dimensions[1] = sides[0] + result.shape.dimensions[1] + sides[1]
        result.shape.dimensions[2] = sides[2] + result.shape.dimensions[2] + sides[3]
        return result
    }

    func gradient(
        of use: OpUse, outputGradient: ValueID, in builder: inout GraphBuilder
    ) throws(OpError) -> [ValueID?] {
        [
            try builder.apply(
                .padGradient, [outputGradient],
                Attributes(["sides": .sizes(use.attributes.sizes("sides")), "mode": .word(use.attributes.word("mode"))]))
        ]
    }

    func rowMap(operand: Int, _ shapes: BoundShapes, _ attributes: Attributes) -> RowMap {
        ImageBorder(attributes, axis: 1).map
    }

    func columnMap(operand: Int, _ shapes: BoundShapes, _ attributes: Attributes) -> RowMap {
        ImageBorder(attributes, axis: 2).map
    }

    @specialized(where Scalar == Float)
    @specialized(where Scalar == Double)
    func evaluate<Scalar: EvaluationScalar>(
        _ operands: [Tensor<Scalar>], _ attributes: Attributes, resultShape: [Int]
    ) -> Tensor<Scalar> {
        let x = operands[0]
        var result = Tensor(shape: resultShape, repeating: Scalar(attributes.float("value")))
        ImageBorder.forEachPixel(x.shape, attributes, resultShape) { outside, inside in
            for channel in 0..<x.shape[3] { result.values[outside + channel] = x.values[inside + channel] }
        }
        return result
    }

    func cost(_ shapes: BoundShapes, _ attributes: Attributes) -> Cost {
        Cost(shapes, operationCount: 0)
    }
}
