import RealModule

/// The gradient of `psnr` by a: −dy · 20 / (ln 10 · N · H·W·C) · (a − b) / mse_n, zero for images
/// whose mse_n is at the floor. By b it is the negative.
struct PSNRGradient: Op {
    let name = OpName.psnrGradient
    let signature = Signature(["dy", "a", "b"], attributes: PSNR.attributes)

    func resultType(_ operands: [TensorType], _ attributes: Attributes) throws(OpError) -> TensorType {
        try operands[0].require(.scalar, as: "dy", in: name)
        try PSNR.check(operands[1], operands[2], attributes, in: name)
        return operands[1]
    }

    /// By `dy` alone: second derivatives of psnr by the images are not provided.
    func gradient(
        of use: OpUse, outputGradient: ValueID, in builder: inout GraphBuilder
    ) throws(OpError) -> [ValueID?] {
        let one = builder.constant(1)
        let slope = try builder.apply(.psnrGradient, [one] + use.operands.dropFirst(), use.attributes)
        let product = try builder.apply(.multiply, [outputGradient, slope])
        return [try builder.apply(.sum, [product]), nil, nil]
    }

    func rowMap(operand: Int, _ shapes: BoundShapes, _ attributes: Attributes) -> RowMap { .all }

    @specialized(where Scalar == Float)
    @specialized(where Scalar == Double)
    func evaluate<Scalar: EvaluationScalar>(
        _ operands: [Tensor<Scalar>], _ attributes: Attributes, resultShape: [Int]
    ) -> Tensor<Scalar> {
        let (a, b) = (operands[1], operands[2])
        let floor = PSNR.floor * attributes.float("max") * attributes.float("max")
        let count = resultShape.elementCount / resultShape[0]
        let scale = -20 * Double(operands[0].values[0]) / (Double.log(10) * Double(resultShape.elementCount))
        let factors = PSNR.meanSquaredErrors(a, b).map { Scalar($0 > floor ? scale / $0 : 0) }
        return Tensor(
            shape: resultShape,
            values: a.values.indices.map { factors[$0 / count] * (a.values[$0] - b.values[$0]) })
    }

    func cost(_ shapes: BoundShapes, _ attributes: Attributes) -> Cost {
        Cost(shapes, operationCount: 5 * shapes.result.elementCount)
    }
}
