/// `slice(x, axis, start, length)`: indices start ..< start + length along one axis.
struct Slice: Op {
    let name = OpName.slice
    let signature = Signature(
        ["x"],
        attributes: [Concat.axis, AttributeDeclaration("start", .size), AttributeDeclaration("length", .size)])

    func resultType(_ operands: [TensorType], _ attributes: Attributes) throws(OpError) -> TensorType {
        var result = operands[0]
        let axis = try result.axis(attributes, in: name)
        let (start, length) = (attributes.size("start"), attributes.size("length"))
        let size = result.shape.dimensions[axis]
        let rest = size - start - length
        guard start.constant ?? 0 >= 0, length.constant ?? 1 >= 1, rest.constant ?? 0 >= 0 else {
            throw .sliceOutside(operands[0], axis: axis, start: start, length: length)
        }
        result.shape.dimensions[axis] = length
        return result
    }

    func gradient(
        of use: OpUse, outputGradient: ValueID, in builder: inout GraphBuilder
    ) throws(OpError) -> [ValueID?] {
        let axis = use.attributes.integer("axis")
        let (start, length) = (use.attributes.size("start"), use.attributes.size("length"))
        let size = builder.type(of: use.operands[0]).shape.dimensions[axis]
        let padding = Attributes([
            "axis": .size(Size(axis)), "before": .size(start), "after": .size(size - start - length),
        ])
        return [try builder.apply(.padZero, [outputGradient], padding)]
    }

    func rowMap(operand: Int, _ shapes: BoundShapes, _ attributes: Attributes) -> RowMap {
        guard shapes.result.count == 4 else { return .all }
        return AxisSpan.rowMap(axis: attributes.integer("axis"), offset: -attributes.integer("start"))
    }

    @specialized(where Scalar == Float)
    @specialized(where Scalar == Double)
    func evaluate<Scalar: EvaluationScalar>(
        _ operands: [Tensor<Scalar>], _ attributes: Attributes, resultShape: [Int]
    ) -> Tensor<Scalar> {
        let start = attributes.integer("start")
        let span = AxisSpan(operands[0].shape, axis: attributes.integer("axis"))
        let places = span.places(start..<start + attributes.integer("length"))
        return Tensor(shape: resultShape, values: places.map { operands[0].values[$0] })
    }

    func cost(_ shapes: BoundShapes, _ attributes: Attributes) -> Cost {
        Cost(
            operationCount: 0, bytesRead: ElementType.f32.byteCount * shapes.result.elementCount,
            bytesWritten: ElementType.f32.byteCount * shapes.result.elementCount)
    }
}
