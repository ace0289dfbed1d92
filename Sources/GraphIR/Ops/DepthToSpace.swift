/// `depth_to_space(x, block)`: each pixel's channels become a block × block square of pixels, in
/// TensorFlow's order: y[n, h·b + i, w·b + j, c] = x[n, h, w, (i·b + j)·C + c].
///
/// Shapes: `[N, H, W, b²·C]` to `[N, b·H, b·W, C]`, of either element type. Source: the sub-pixel
/// layer of Shi et al., 2016, equation 4, with channels in another order.
struct DepthToSpace: Op {
    let name = "depth_to_space"
    let signature = Signature(["x"], attributes: [AttributeDeclaration("block", .integer(1...64))])

    func resultType(_ operands: [TensorType], _ attributes: Attributes) throws(OpError) -> TensorType {
        let x = operands[0]
        try x.requireImages(in: name)
        let block = attributes.integer("block")
        let channels = x.shape.dimensions[3].floorDivided(by: block * block)
        guard (block * block * channels).compared(to: x.shape.dimensions[3]) != .different else {
            throw OpError(
                "shape-mismatch", "depth_to_space needs a multiple of \(block * block) channels",
                expected: "\(x.element.rawValue)[N, H, W, \(block * block)*C]", found: x.description)
        }
        return TensorType(
            x.element,
            Shape([x.shape.dimensions[0], block * x.shape.dimensions[1], block * x.shape.dimensions[2], channels]))
    }

    func gradient(
        of use: OpUse, outputGradient: ValueID, in builder: inout GraphBuilder
    ) throws(OpError) -> [ValueID?] {
        [try builder.apply("space_to_depth", [outputGradient], use.attributes)]
    }

    func rowMap(operand: Int, _ shapes: BoundShapes, _ attributes: Attributes) -> RowMap {
        .window(stride: 1, scale: attributes.integer("block"), first: 0, last: 0)
    }

    @specialized(where Scalar == Float)
    @specialized(where Scalar == Double)
    func evaluate<Scalar: EvaluationScalar>(
        _ operands: [Tensor<Scalar>], _ attributes: Attributes, resultShape: [Int]
    ) -> Tensor<Scalar> {
        let block = attributes.integer("block")
        var y = Tensor(shape: resultShape, repeating: Scalar(0))
        PixelBlocks.forEachElement(deep: operands[0].shape, wide: resultShape, block) { deep, wide in
            y.values[wide] = operands[0].values[deep]
        }
        return y
    }

    func cost(_ shapes: BoundShapes, _ attributes: Attributes) -> Cost {
        Cost(shapes, operationCount: 0)
    }
}

/// The correspondence that `depth_to_space` and `space_to_depth` share.
enum PixelBlocks {
    /// Calls `body` with the place of each element in `deep` `[N, H, W, b²·C]` and in `wide` `[N, b·H, b·W, C]`.
    @inline(__always)
    static func forEachElement(deep: [Int], wide: [Int], _ block: Int, _ body: (_ deep: Int, _ wide: Int) -> Void) {
        let (width, deepChannels) = (deep[2], deep[3])
        let channels = wide[3]
        for row in 0..<deep[0] * deep[1] {
            for w in 0..<width {
                for i in 0..<block {
                    for j in 0..<block {
                        let deepStart = (row * width + w) * deepChannels + (i * block + j) * channels
                        let wideStart = ((row * block + i) * width * block + w * block + j) * channels
                        for c in 0..<channels { body(deepStart + c, wideStart + c) }
                    }
                }
            }
        }
    }
}
