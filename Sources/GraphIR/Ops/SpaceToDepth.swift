/// `space_to_depth(x, block)`: each block × block square of pixels becomes one pixel; the inverse of
/// `depth_to_space`: y[n, h, w, (i·b + j)·C + c] = x[n, h·b + i, w·b + j, c].
///
/// Shapes: `[N, b·H, b·W, C]` to `[N, H, W, b²·C]`, of either element type.
struct SpaceToDepth: Op {
    let name = OpName.spaceToDepth
    let signature = Signature(["x"], attributes: [AttributeDeclaration("block", .integer(1...64))])

    func resultType(_ operands: [TensorType], _ attributes: Attributes) throws(OpError) -> TensorType {
        let x = operands[0]
        try x.requireImages(in: name)
        let block = attributes.integer("block")
        let (height, width) = (x.shape.dimensions[1], x.shape.dimensions[2])
        let (rows, columns) = (height.floorDivided(by: block), width.floorDivided(by: block))
        guard (block * rows).compared(to: height) != .different, (block * columns).compared(to: width) != .different
        else {
            throw .sidesNotMultiple(name, of: block, x)
        }
        return TensorType(
            x.element, Shape([x.shape.dimensions[0], rows, columns, block * block * x.shape.dimensions[3]]))
    }

    func gradient(
        of use: OpUse, outputGradient: ValueID, in builder: inout GraphBuilder
    ) throws(OpError) -> [ValueID?] {
        [try builder.apply(.depthToSpace, [outputGradient], use.attributes)]
    }

    func rowMap(operand: Int, _ shapes: BoundShapes, _ attributes: Attributes) -> RowMap {
        let block = attributes.integer("block")
        return .window(stride: block, scale: 1, first: 0, last: block - 1)
    }

    @specialized(where Scalar == Float)
    @specialized(where Scalar == Double)
    func evaluate<Scalar: EvaluationScalar>(
        _ operands: [Tensor<Scalar>], _ attributes: Attributes, resultShape: [Int]
    ) -> Tensor<Scalar> {
        let places = PixelBlocks.deepPlaces(wide: operands[0].shape, block: attributes.integer("block"))
        var y = Tensor(shape: resultShape, repeating: Scalar(0))
        for (value, place) in zip(operands[0].values, places) { y.values[place] = value }
        return y
    }

    func cost(_ shapes: BoundShapes, _ attributes: Attributes) -> Cost {
        Cost(shapes, operationCount: 0)
    }
}
