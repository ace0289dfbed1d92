/// `concat(a, b, …, axis)`: the operands one after another along an axis, channels unless told.
///
/// Shapes: equal but for the axis, whose sizes add up; of either element type.
struct Concat: Op {
    let name = OpName.concat
    let signature = Signature(["a"], isVariadic: true, attributes: [Concat.axis])

    static let axis = AttributeDeclaration("axis", .integer(0...TensorLimits.rank - 1), default: .size(Size(3)))

    func resultType(_ operands: [TensorType], _ attributes: Attributes) throws(OpError) -> TensorType {
        var result = operands[0]
        let axis = try result.axis(attributes, in: name)
        for operand in operands.dropFirst() {
            guard operand.shape.rank == result.shape.rank else {
                throw .unequalRanks(name, first: operands[0], found: operand)
            }
            var wanted = operands[0]
            wanted.shape.dimensions[axis] = operand.shape.dimensions[axis]
            try operand.require(wanted, in: name)
            result.shape.dimensions[axis] = result.shape.dimensions[axis] + operand.shape.dimensions[axis]
        }
        return result
    }

    func gradient(
        of use: OpUse, outputGradient: ValueID, in builder: inout GraphBuilder
    ) throws(OpError) -> [ValueID?] {
        let axis = use.attributes.integer("axis")
        var start = Size(0)
        var gradients: [ValueID?] = []
        for operand in use.operands {
            let length = builder.type(of: operand).shape.dimensions[axis]
            gradients.append(
                try builder.apply(
                    .slice, [outputGradient],
                    Attributes(["axis": .size(Size(axis)), "start": .size(start), "length": .size(length)])))
            start = start + length
        }
        return gradients
    }

    func rowMap(operand: Int, _ shapes: BoundShapes, _ attributes: Attributes) -> RowMap {
        let axis = attributes.integer("axis")
        guard shapes.result.count == 4 else { return .all }
        return AxisSpan.rowMap(axis: axis, offset: shapes.operands[..<operand].reduce(0) { $0 + $1[axis] })
    }

    @specialized(where Scalar == Float)
    @specialized(where Scalar == Double)
    func evaluate<Scalar: EvaluationScalar>(
        _ operands: [Tensor<Scalar>], _ attributes: Attributes, resultShape: [Int]
    ) -> Tensor<Scalar> {
        let axis = attributes.integer("axis")
        var result = Tensor(shape: resultShape, repeating: Scalar(0))
        let span = AxisSpan(resultShape, axis: axis)
        var start = 0
        for operand in operands {
            let end = start + operand.shape[axis]
            for (value, place) in zip(operand.values, span.places(start..<end)) { result.values[place] = value }
            start = end
        }
        return result
    }

    func cost(_ shapes: BoundShapes, _ attributes: Attributes) -> Cost {
        Cost(shapes, operationCount: 0)
    }
}
