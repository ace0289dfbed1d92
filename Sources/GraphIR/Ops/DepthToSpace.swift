/// `depth_to_space(x, block)`: each pixel's channels become a block × block square of pixels, in
/// TensorFlow's order: y[n, h·b + i, w·b + j, c] = x[n, h, w, (i·b + j)·C + c].
///
/// Shapes: `[N, H, W, b²·C]` to `[N, b·H, b·W, C]`, of either element type. Source: the sub-pixel
/// layer of Shi et al., 2016, equation 4, with channels in another order.
struct DepthToSpace: Op {
    let name = OpName.depthToSpace
    let signature = Signature(["x"], attributes: [AttributeDeclaration("block", .integer(1...64))])

    func resultType(_ operands: [TensorType], _ attributes: Attributes) throws(OpError) -> TensorType {
        let x = operands[0]
        try x.requireImages(in: name)
        let block = attributes.integer("block")
        let channels = x.shape.dimensions[3].floorDivided(by: block * block)
        guard (block * block * channels).compared(to: x.shape.dimensions[3]) != .different else {
            throw .channelsNotMultiple(name, of: block * block, x)
        }
        return TensorType(
            x.element,
            Shape([x.shape.dimensions[0], block * x.shape.dimensions[1], block * x.shape.dimensions[2], channels]))
    }

    func gradient(
        of use: OpUse, outputGradient: ValueID, in builder: inout GraphBuilder
    ) throws(OpError) -> [ValueID?] {
        [try builder.apply(.spaceToDepth, [outputGradient], use.attributes)]
    }

    func rowMap(operand: Int, _ shapes: BoundShapes, _ attributes: Attributes) -> RowMap {
        .window(stride: 1, scale: attributes.integer("block"), first: 0, last: 0)
    }

    @specialized(where Scalar == Float)
    @specialized(where Scalar == Double)
    func evaluate<Scalar: EvaluationScalar>(
        _ operands: [Tensor<Scalar>], _ attributes: Attributes, resultShape: [Int]
    ) -> Tensor<Scalar> {
        let places = PixelBlocks.deepPlaces(wide: resultShape, block: attributes.integer("block"))
        return Tensor(shape: resultShape, values: places.map { operands[0].values[$0] })
    }

    func cost(_ shapes: BoundShapes, _ attributes: Attributes) -> Cost {
        Cost(shapes, operationCount: 0)
    }
}

/// The correspondence that `depth_to_space` and `space_to_depth` share.
enum PixelBlocks {
    /// For each element of `wide` `[N, b·H, b·W, C]`, its place in the `[N, H, W, b²·C]` of equal elements.
    static func deepPlaces(wide: [Int], block: Int) -> [Int] {
        let (width, channels) = (wide[2], wide[3])
        var places: [Int] = []
        places.reserveCapacity(wide.elementCount)
        for row in 0..<wide[0] * wide[1] {
            for column in 0..<width {
                // Rows of all images are counted through: each holds a multiple of `block` of them.
                let pixel = row / block * (width / block) + column / block
                let square = row % block * block + column % block
                let start = (pixel * block * block + square) * channels
                places.append(contentsOf: start..<start + channels)
            }
        }
        return places
    }
}
