import RealModule

/// `softmax(x, axis)`: e^x over the sum of e^x along an axis, channels unless told.
///
/// The largest is subtracted first, so that large x do not overflow. Its gradient is y · (dy − Σ dy · y). Source:
/// Goodfellow, Bengio and Courville, "Deep Learning" (2016), equation 6.29.
struct Softmax: Op {
    let name = OpName.softmax
    let signature = Signature(["x"], attributes: [Concat.axis])

    func resultType(_ operands: [TensorType], _ attributes: Attributes) throws(OpError) -> TensorType {
        try operands[0].requireF32(in: name)
        _ = try operands[0].axis(attributes, in: name)
        return operands[0]
    }

    func gradient(
        of use: OpUse, outputGradient: ValueID, in builder: inout GraphBuilder
    ) throws(OpError) -> [ValueID?] {
        let product = try builder.apply(.multiply, [outputGradient, use.result])
        let sum = try builder.apply(
            .sum, [product], Attributes(["axes": .sizes([use.attributes.size("axis")]), "keep_dims": .truth(true)]))
        let difference = try builder.apply(.subtract, [outputGradient, sum])
        return [try builder.apply(.multiply, [use.result, difference])]
    }

    func rowMap(operand: Int, _ shapes: BoundShapes, _ attributes: Attributes) -> RowMap {
        shapes.result.count == 4 && attributes.integer("axis") >= 2 ? .identity : .all
    }

    func columnMap(operand: Int, _ shapes: BoundShapes, _ attributes: Attributes) -> RowMap {
        let axis = attributes.integer("axis")
        return shapes.result.count == 4 && (axis == 1 || axis == 3) ? .identity : .all
    }

    @specialized(where Scalar == Float)
    @specialized(where Scalar == Double)
    func evaluate<Scalar: EvaluationScalar>(
        _ operands: [Tensor<Scalar>], _ attributes: Attributes, resultShape: [Int]
    ) -> Tensor<Scalar> {
        var result = operands[0]
        let span = AxisSpan(resultShape, axis: attributes.integer("axis"))
        for block in 0..<span.outer {
            for element in 0..<span.inner {
                let places = (0..<span.size).map { span.run(block, $0) + element }
                let largest = places.reduce(-Scalar.infinity) { max($0, result.values[$1]) }
                var sum = 0.0
                for place in places {
                    result.values[place] = Scalar.exp(result.values[place] - largest)
                    sum += Double(result.values[place])
                }
                for place in places { result.values[place] = Scalar(Double(result.values[place]) / sum) }
            }
        }
        return result
    }

    func cost(_ shapes: BoundShapes, _ attributes: Attributes) -> Cost {
        Cost(shapes, operationCount: 4 * shapes.result.elementCount)
    }
}
