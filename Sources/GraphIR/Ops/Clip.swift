/// min(max(x, min), max); NaN stays NaN.
struct Clip: PointwiseOp {
    let name = OpName.clip
    let signature = Signature(["x"], attributes: ClipBounds.attributes)

    func resultType(_ operands: [TensorType], _ attributes: Attributes) throws(OpError) -> TensorType {
        try operands[0].requireF32(in: name)
        try ClipBounds.check(attributes, in: name)
        return operands[0]
    }

    func gradient(
        of use: OpUse, outputGradient: ValueID, in builder: inout GraphBuilder
    ) throws(OpError) -> [ValueID?] {
        [try builder.apply(.clipGradient, [outputGradient, use.operands[0]], use.attributes)]
    }

    @specialized(where Scalar == Float)
    @specialized(where Scalar == Double)
    func evaluate<Scalar: EvaluationScalar>(
        _ operands: [Tensor<Scalar>], _ attributes: Attributes, resultShape: [Int]
    ) -> Tensor<Scalar> {
        let (lower, upper) = (Scalar(attributes.float("min")), Scalar(attributes.float("max")))
        return Tensor(shape: resultShape, values: operands[0].values.map { Swift.min(Swift.max($0, lower), upper) })
    }

    func kinkSides<Scalar: EvaluationScalar>(
        _ operands: [Tensor<Scalar>], _ attributes: Attributes
    ) -> [Int8] {
        ClipBounds.sides(operands[0], attributes)
    }
}

/// The attributes that `clip` and its gradient share.
enum ClipBounds {
    static let attributes = [AttributeDeclaration("min", .float), AttributeDeclaration("max", .float)]

    static func check(_ attributes: Attributes, in op: OpName) throws(OpError) {
        let (lower, upper) = (attributes.float("min"), attributes.float("max"))
        guard lower <= upper else { throw .reversedBounds(op, min: lower, max: upper) }
    }

    @specialized(where Scalar == Float)
    @specialized(where Scalar == Double)
    static func sides<Scalar: EvaluationScalar>(_ x: Tensor<Scalar>, _ attributes: Attributes) -> [Int8] {
        let (lower, upper) = (Scalar(attributes.float("min")), Scalar(attributes.float("max")))
        return x.values.map { $0 < lower ? -1 : $0 > upper ? 1 : 0 }
    }
}
