/// The gradient of `conv2d` by its filter:
/// df[r, q, ci, co] = Σ x[n, oh·stride − ph + r·d, ow·stride − pw + q·d, g·Cin/groups + ci] · dy[n, oh, ow, co] over n, oh
/// and ow, with d and g as ``Conv2D`` has them.
///
/// Shapes: x `[N, H, W, Cin]`, dy `[N, OH, OW, Cout]`, result `[height, width, Cin/groups, Cout]`; `height`
/// and `width` are those of the filter.
struct Conv2DFilterGradient: Op {
    let name = OpName.conv2DFilterGradient
    let signature = Signature(
        ["x", "dy"],
        attributes: [
            AttributeDeclaration("height", .integer(1...Convolution.largestFilter)),
            AttributeDeclaration("width", .integer(1...Convolution.largestFilter)),
        ] + Convolution.attributes)

    func resultType(_ operands: [TensorType], _ attributes: Attributes) throws(OpError) -> TensorType {
        let (x, dy) = (operands[0], operands[1])
        for operand in operands {
            try operand.requireF32(in: name)
            try operand.requireImages(in: name)
        }
        let filter = TensorType(
            .f32,
            Shape([
                attributes.size("height"), attributes.size("width"),
                x.shape.dimensions[3].floorDivided(by: attributes.integer("groups")), dy.shape.dimensions[3],
            ]))
        let y = try Convolution.outputType(of: x, filter: filter, attributes, in: name)
        try dy.require(y, as: "dy", in: name)
        return filter
    }

    func gradient(
        of use: OpUse, outputGradient: ValueID, in builder: inout GraphBuilder
    ) throws(OpError) -> [ValueID?] {
        let (x, dy) = (use.operands[0], use.operands[1])
        let image = builder.type(of: x).shape.dimensions
        return [
            try builder.apply(
                .conv2DInputGradient, [dy, outputGradient],
                Convolution.attributes(from: use.attributes, height: image[1], width: image[2])),
            try builder.apply(.conv2D, [x, outputGradient], Convolution.attributes(from: use.attributes)),
        ]
    }

    func rowMap(operand: Int, _ shapes: BoundShapes, _ attributes: Attributes) -> RowMap { .all }

    @specialized(where Scalar == Float)
    @specialized(where Scalar == Double)
    func evaluate<Scalar: EvaluationScalar>(
        _ operands: [Tensor<Scalar>], _ attributes: Attributes, resultShape: [Int]
    ) -> Tensor<Scalar> {
        let (x, dy) = (operands[0], operands[1])
        let geometry = ConvolutionIndices(x: x.shape, filter: resultShape, output: dy.shape, attributes)
        var df = Array(repeating: Scalar(0), count: resultShape.elementCount)
        for (n, oh) in geometry.rows {
            for at in geometry.meetings(image: n, row: oh) {
                for (c, channel) in geometry.channels.enumerated() {
                    let pixel = x.values[at.x + c]
                    let (taps, output) = (at.filter + channel.filter, at.output + channel.output)
                    for co in 0..<geometry.groupOutputChannels {
                        df[taps + co] += pixel * dy.values[output + co]
                    }
                }
            }
        }
        return Tensor(shape: resultShape, values: df)
    }

    func cost(_ shapes: BoundShapes, _ attributes: Attributes) -> Cost {
        let geometry = ConvolutionIndices(
            x: shapes.operands[0], filter: shapes.result, output: shapes.operands[1], attributes)
        return Cost(shapes, operationCount: geometry.operationCount)
    }
}
