/// `pad_zero(x, axis, before, after)`: x with zeros in front and behind along one axis.
struct PadZero: Op {
    let name = OpName.padZero
    let signature = Signature(
        ["x"],
        attributes: [
            Concat.axis,
            AttributeDeclaration("before", .size, default: .size(Size(0))),
            AttributeDeclaration("after", .size, default: .size(Size(0))),
        ])

    func resultType(_ operands: [TensorType], _ attributes: Attributes) throws(OpError) -> TensorType {
        var result = operands[0]
        let axis = try result.axis(attributes, in: name)
        let (before, after) = (attributes.size("before"), attributes.size("after"))
        for case let size? in [before.constant, after.constant] where size < 0 {
            throw .negativePadding(size)
        }
        result.shape.dimensions[axis] = before + result.shape.dimensions[axis] + after
        return result
    }

    func gradient(
        of use: OpUse, outputGradient: ValueID, in builder: inout GraphBuilder
    ) throws(OpError) -> [ValueID?] {
        let axis = use.attributes.integer("axis")
        let cut = Attributes([
            "axis": .size(Size(axis)), "start": .size(use.attributes.size("before")),
            "length": .size(builder.type(of: use.operands[0]).shape.dimensions[axis]),
        ])
        return [try builder.apply(.slice, [outputGradient], cut)]
    }

    func rowMap(operand: Int, _ shapes: BoundShapes, _ attributes: Attributes) -> RowMap {
        guard shapes.result.count == 4 else { return .all }
        return AxisSpan.rowMap(axis: attributes.integer("axis"), offset: attributes.integer("before"))
    }

    @specialized(where Scalar == Float)
    @specialized(where Scalar == Double)
    func evaluate<Scalar: EvaluationScalar>(
        _ operands: [Tensor<Scalar>], _ attributes: Attributes, resultShape: [Int]
    ) -> Tensor<Scalar> {
        let (x, axis) = (operands[0], attributes.integer("axis"))
        var result = Tensor(shape: resultShape, repeating: Scalar(0))
        let before = attributes.integer("before")
        let places = AxisSpan(resultShape, axis: axis).places(before..<before + x.shape[axis])
        for (value, place) in zip(x.values, places) { result.values[place] = value }
        return result
    }

    func cost(_ shapes: BoundShapes, _ attributes: Attributes) -> Cost {
        Cost(shapes, operationCount: 0)
    }
}
