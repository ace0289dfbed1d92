/// The gradient of `conv2d` by its image, a transposed convolution:
/// dx[n, h, w, g·Cin/groups + ci] = Σ dy[n, oh, ow, co] · filter[r, q, ci, co] over all oh·stride − ph + r·dilation = h and
/// ow·stride − pw + q·dilation = w, and the channels co of group g.
///
/// Shapes: dy `[N, OH, OW, Cout]`, filter `[kh, kw, Cin/groups, Cout]`, result `[N, height, width, Cin]`.
/// `height` and `width` are those of the image, since several image sizes share one result size at
/// strides above 1.
struct Conv2DInputGradient: ConvolutionByWindows {
    let name = OpName.conv2DInputGradient
    let signature = Signature(
        ["dy", "filter"],
        attributes: [AttributeDeclaration("height", .size), AttributeDeclaration("width", .size)]
            + Convolution.attributes)

    func resultType(_ operands: [TensorType], _ attributes: Attributes) throws(OpError) -> TensorType {
        let (dy, filter) = (operands[0], operands[1])
        try dy.requireF32(in: name)
        try dy.requireImages(in: name)
        _ = try Convolution.filterSize(filter, attributes, in: name)
        let x = TensorType(
            .f32,
            Shape([
                dy.shape.dimensions[0], attributes.size("height"), attributes.size("width"),
                attributes.integer("groups") * filter.shape.dimensions[2],
            ]))
        let y = try Convolution.outputType(of: x, filter: filter, attributes, in: name)
        try dy.require(y, as: "dy", in: name)
        return x
    }

    func gradient(
        of use: OpUse, outputGradient: ValueID, in builder: inout GraphBuilder
    ) throws(OpError) -> [ValueID?] {
        let (dy, filter) = (use.operands[0], use.operands[1])
        let taps = builder.type(of: filter).shape.dimensions
        return [
            try builder.apply(.conv2D, [outputGradient, filter], Convolution.attributes(from: use.attributes)),
            try builder.apply(
                .conv2DFilterGradient, [outputGradient, dy],
                Convolution.attributes(from: use.attributes, height: taps[0], width: taps[1])),
        ]
    }

    /// Row h meets rows of dy from ⌈(h + ph − reach + 1) / stride⌉ to ⌊(h + ph) / stride⌋.
    func window(reach: Int, padding: Int, stride: Int) -> RowMap {
        .window(stride: 1, scale: stride, first: padding - reach + stride, last: padding)
    }

    @specialized(where Scalar == Float)
    @specialized(where Scalar == Double)
    func evaluate<Scalar: EvaluationScalar>(
        _ operands: [Tensor<Scalar>], _ attributes: Attributes, resultShape: [Int]
    ) -> Tensor<Scalar> {
        let (dy, filter) = (operands[0], operands[1])
        let geometry = ConvolutionIndices(x: resultShape, filter: filter.shape, output: dy.shape, attributes)
        var dx = Array(repeating: Scalar(0), count: resultShape.elementCount)
        for (n, oh) in geometry.rows {
            for at in geometry.meetings(image: n, row: oh) {
                for (c, channel) in geometry.channels.enumerated() {
                    let (taps, output) = (at.filter + channel.filter, at.output + channel.output)
                    var sum: Scalar = 0
                    for co in 0..<geometry.groupOutputChannels {
                        sum += dy.values[output + co] * filter.values[taps + co]
                    }
                    dx[at.x + c] += sum
                }
            }
        }
        return Tensor(shape: resultShape, values: dx)
    }

    func cost(_ shapes: BoundShapes, _ attributes: Attributes) -> Cost {
        let geometry = ConvolutionIndices(
            x: shapes.result, filter: shapes.operands[1], output: shapes.operands[0], attributes)
        return Cost(shapes, operationCount: geometry.operationCount)
    }
}
