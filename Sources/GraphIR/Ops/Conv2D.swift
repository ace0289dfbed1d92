/// `conv2d(x, filter)`:
/// y[n, oh, ow, co] = Σ x[n, oh·stride − ph + r·d, ow·stride − pw + q·d, g·Cin/groups + ci] · filter[r, q, ci, co]
/// over r, q and ci, x being zero outside, d being `dilation` and g = ⌊co·groups/Cout⌋ the group of channel co.
///
/// Shapes: x `[N, H, W, Cin]`, filter `[kh, kw, Cin/groups, Cout]` with kh and kw odd; ``Convolution`` gives
/// the result's size. Source: the cross-correlation of Goodfellow, Bengio and Courville, "Deep
/// Learning" (2016), equation 9.6. `pad = same` is PyTorch's `padding=(k - 1)//2`, which
/// differs from TensorFlow's `SAME` for strides above 1; ``ConvolutionPadding`` has the other paddings.
struct Conv2D: ConvolutionByWindows {
    let name = OpName.conv2D
    let signature = Signature(["x", "filter"], attributes: Convolution.attributes)

    func resultType(_ operands: [TensorType], _ attributes: Attributes) throws(OpError) -> TensorType {
        try operands[0].requireF32(in: name)
        try operands[0].requireImages(in: name)
        return try Convolution.outputType(of: operands[0], filter: operands[1], attributes, in: name)
    }

    func gradient(
        of use: OpUse, outputGradient: ValueID, in builder: inout GraphBuilder
    ) throws(OpError) -> [ValueID?] {
        let (x, filter) = (use.operands[0], use.operands[1])
        let image = builder.type(of: x).shape.dimensions
        let taps = builder.type(of: filter).shape.dimensions
        return [
            try builder.apply(
                .conv2DInputGradient, [outputGradient, filter],
                Convolution.attributes(from: use.attributes, height: image[1], width: image[2])),
            try builder.apply(
                .conv2DFilterGradient, [x, outputGradient],
                Convolution.attributes(from: use.attributes, height: taps[0], width: taps[1])),
        ]
    }

    func window(reach: Int, padding: Int, stride: Int) -> RowMap {
        .window(stride: stride, scale: 1, first: -padding, last: reach - 1 - padding)
    }

    @specialized(where Scalar == Float)
    @specialized(where Scalar == Double)
    func evaluate<Scalar: EvaluationScalar>(
        _ operands: [Tensor<Scalar>], _ attributes: Attributes, resultShape: [Int]
    ) -> Tensor<Scalar> {
        let (x, filter) = (operands[0], operands[1])
        let geometry = ConvolutionIndices(x: x.shape, filter: filter.shape, output: resultShape, attributes)
        var y = Array(repeating: Scalar(0), count: resultShape.elementCount)
        for (n, oh) in geometry.rows {
            for at in geometry.meetings(image: n, row: oh) {
                for (c, channel) in geometry.channels.enumerated() {
                    let pixel = x.values[at.x + c]
                    let (taps, output) = (at.filter + channel.filter, at.output + channel.output)
                    for co in 0..<geometry.groupOutputChannels {
                        y[output + co] += pixel * filter.values[taps + co]
                    }
                }
            }
        }
        return Tensor(shape: resultShape, values: y)
    }

    func cost(_ shapes: BoundShapes, _ attributes: Attributes) -> Cost {
        let geometry = ConvolutionIndices(
            x: shapes.operands[0], filter: shapes.operands[1], output: shapes.result, attributes)
        return Cost(shapes, operationCount: geometry.operationCount)
    }
}
