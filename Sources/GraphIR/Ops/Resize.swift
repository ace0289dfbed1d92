import GraphKernelInterface

/// `resize(x, height, width, mode = bilinear, align_corners = false)`: an image in another size.
///
/// With `nearest` pixel d of the result is pixel ⌊d·in/out⌋ of the operand; with `bilinear` it mixes the two pixels next
/// to its place in each direction, which is that of its centre, (d + ½)·in/out − ½, or with `align_corners` d·(in − 1)/(out − 1).
/// Nothing is mixed beyond the outermost pixels, and nothing is filtered where the image becomes smaller: all as PyTorch's
/// `interpolate` does.
/// Shapes: `[N, H, W, C]` to `[N, height, width, C]`.
struct Resize: Op {
    let name = OpName.resize
    let signature = Signature(["x"], attributes: Resize.attributes)

    static let attributes = [
        AttributeDeclaration("height", .size), AttributeDeclaration("width", .size),
        AttributeDeclaration("mode", .word(["nearest", "bilinear"]), default: .word("bilinear")),
        AttributeDeclaration("align_corners", .truth, default: .truth(false)),
    ]

    func resultType(_ operands: [TensorType], _ attributes: Attributes) throws(OpError) -> TensorType {
        try Resize.resized(operands[0], attributes, in: name)
    }

    static func resized(_ x: TensorType, _ attributes: Attributes, in op: OpName) throws(OpError) -> TensorType {
        try x.requireF32(in: op)
        try x.requireImages(in: op)
        guard attributes.word("mode") == "bilinear" || !attributes.truth("align_corners") else {
            throw .cornersOfNearest(op)
        }
        var result = x
        result.shape.dimensions[1] = attributes.size("height")
        result.shape.dimensions[2] = attributes.size("width")
        return result
    }

    /// The attributes of a use's gradient, which has the size of the image.
    static func transposed(_ attributes: Attributes, _ image: Shape) -> Attributes {
        Attributes([
            "height": .size(image.dimensions[1]), "width": .size(image.dimensions[2]),
            "mode": .word(attributes.word("mode")), "align_corners": .truth(attributes.truth("align_corners")),
        ])
    }

    /// How pixels along an axis of `size` make those of `resizedSize`.
    static func resampling(_ size: Int, to resizedSize: Int, _ attributes: Attributes) -> AxisResampling {
        let linear: AxisResampling.Mode = attributes.truth("align_corners") ? .corners : .centres
        return AxisResampling(size, to: resizedSize, attributes.word("mode") == "nearest" ? .nearest : linear)
    }

    static func taps(_ size: Int, to resizedSize: Int, _ attributes: Attributes) -> [ResamplingTap] {
        let axis = resampling(size, to: resizedSize, attributes)
        return (0..<resizedSize).flatMap { index in
            let weight = Double(axis.weight(index))
            return [
                ResamplingTap(result: index, source: axis.first(index), weight: 1 - weight),
                ResamplingTap(result: index, source: axis.second(index), weight: weight),
            ].filter { $0.weight != 0 }
        }
    }

    func gradient(
        of use: OpUse, outputGradient: ValueID, in builder: inout GraphBuilder
    ) throws(OpError) -> [ValueID?] {
        let image = builder.type(of: use.operands[0]).shape
        return [try builder.apply(.resizeGradient, [outputGradient], Resize.transposed(use.attributes, image))]
    }

    func rowMap(operand: Int, _ shapes: BoundShapes, _ attributes: Attributes) -> RowMap {
        let window = Resize.resampling(shapes.operands[0][1], to: shapes.result[1], attributes).window
        return .window(stride: window.stride, scale: window.scale, first: window.first, last: window.last)
    }

    /// With aligned corners the places of a part's columns are not those that they have in the whole.
    func columnMap(operand: Int, _ shapes: BoundShapes, _ attributes: Attributes) -> RowMap {
        if attributes.truth("align_corners") { return .all }
        let window = Resize.resampling(shapes.operands[0][2], to: shapes.result[2], attributes).window
        return .window(stride: window.stride, scale: window.scale, first: window.first, last: window.last)
    }

    @specialized(where Scalar == Float)
    @specialized(where Scalar == Double)
    func evaluate<Scalar: EvaluationScalar>(
        _ operands: [Tensor<Scalar>], _ attributes: Attributes, resultShape: [Int]
    ) -> Tensor<Scalar> {
        var image = operands[0]
        for axis in 1...2 {
            let taps = Resize.taps(image.shape[axis], to: resultShape[axis], attributes)
            image = image.resampled(axis: axis, size: resultShape[axis], taps)
        }
        return image
    }

    func cost(_ shapes: BoundShapes, _ attributes: Attributes) -> Cost {
        Cost(shapes, operationCount: attributes.word("mode") == "nearest" ? 0 : 6 * shapes.result.elementCount)
    }
}
