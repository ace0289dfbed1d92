/// `resize_bicubic(x, factor)`: an image enlarged by a whole factor with Keys' cubic kernel, a = −0.5.
///
/// Pixel y of the result has its centre at (y + ½)/factor − ½ of the operand and is the weighted sum
/// of the two nearest pixels on either side, in each direction; outside, the image is mirrored at its
/// edges (`cba|abc`), as MATLAB's `imresize` does it. Columns of pixels are resampled first, then
/// rows, without rounding between.
///
/// Shapes: `[N, H, W, C]` to `[N, factor·H, factor·W, C]`. Source: Keys, "Cubic convolution
/// interpolation for digital image processing" (1981), equation 15.
struct ResizeBicubic: Op {
    let name = OpName.resizeBicubic
    let signature = Signature(["x"], attributes: [ResizeBicubic.factor])

    static let factor = AttributeDeclaration("factor", .integer(1...64))

    func resultType(_ operands: [TensorType], _ attributes: Attributes) throws(OpError) -> TensorType {
        var result = operands[0]
        try result.requireF32(in: name)
        try result.requireImages(in: name)
        let factor = attributes.integer("factor")
        for axis in 1...2 { result.shape.dimensions[axis] = factor * result.shape.dimensions[axis] }
        return result
    }

    func gradient(
        of use: OpUse, outputGradient: ValueID, in builder: inout GraphBuilder
    ) throws(OpError) -> [ValueID?] {
        [try builder.apply(.resizeBicubicGradient, [outputGradient], use.attributes)]
    }

    /// The four taps of row y begin at ⌊(2y + 1 − factor) / (2 · factor)⌋ − 1. Mirrored ones lie among
    /// those that exist.
    func rowMap(operand: Int, _ shapes: BoundShapes, _ attributes: Attributes) -> RowMap {
        let factor = attributes.integer("factor")
        return .window(stride: 2, scale: 2 * factor, first: 1 - 3 * factor, last: 1 + 3 * factor)
    }

    @specialized(where Scalar == Float)
    @specialized(where Scalar == Double)
    func evaluate<Scalar: EvaluationScalar>(
        _ operands: [Tensor<Scalar>], _ attributes: Attributes, resultShape: [Int]
    ) -> Tensor<Scalar> {
        var image = operands[0]
        for axis in 1...2 {
            let taps = ResizeBicubic.taps(size: image.shape[axis], factor: attributes.integer("factor"))
            image = image.resampled(axis: axis, size: resultShape[axis], taps)
        }
        return image
    }

    func cost(_ shapes: BoundShapes, _ attributes: Attributes) -> Cost {
        // Four multiplications and additions along the height, on rows still short, then along the width.
        let short = shapes.result.elementCount / attributes.integer("factor")
        return Cost(shapes, operationCount: 8 * (short + shapes.result.elementCount))
    }
}

extension ResizeBicubic {
    /// Four for each pixel of the result, in order.
    static func taps(size: Int, factor: Int) -> [ResamplingTap] {
        (0..<size * factor).flatMap { result in
            let centre = (Double(result) + 0.5) / Double(factor) - 0.5
            let nearest = Size.floorDivide(2 * result + 1 - factor, 2 * factor)
            return (nearest - 1...nearest + 2).map { index in
                ResamplingTap(
                    result: result, source: mirrored(index, size: size), weight: kernel(centre - Double(index)))
            }
        }
    }

    /// The index within 0..<size that the image, mirrored at its edges without end, shows at `index`.
    private static func mirrored(_ index: Int, size: Int) -> Int {
        let period = 2 * size
        let place = ((index % period) + period) % period
        return place < size ? place : period - 1 - place
    }

    private static func kernel(_ distance: Double) -> Double {
        let x = distance.magnitude
        if x < 1 { return (1.5 * x - 2.5) * x * x + 1 }
        if x < 2 { return ((-0.5 * x + 2.5) * x - 4) * x + 2 }
        return 0
    }
}
