/// `max(a, b)`: the larger of two elements; NaN where either is.
///
/// Its derivative by a is 1 where a ≥ b, by b where a < b: of equal ones the first takes it all.
struct Maximum: PointwiseOp {
    let name = OpName.maximum
    let signature = Signature(["a", "b"])

    func gradient(
        of use: OpUse, outputGradient: ValueID, in builder: inout GraphBuilder
    ) throws(OpError) -> [ValueID?] {
        let takesSecond = try builder.apply(.less, use.operands)
        return try Choice.gradient(takesSecond, outputGradient, of: use.operands[0], else: use.operands[1], in: &builder)
    }

    @specialized(where Scalar == Float)
    @specialized(where Scalar == Double)
    func evaluate<Scalar: EvaluationScalar>(
        _ operands: [Tensor<Scalar>], _ attributes: Attributes, resultShape: [Int]
    ) -> Tensor<Scalar> {
        Broadcasting.combine(operands, resultShape) { a, b in a > b || a.isNaN ? a : b }
    }

    func kinkSides<Scalar: EvaluationScalar>(
        _ operands: [Tensor<Scalar>], _ attributes: Attributes
    ) -> [Int8] {
        Choice.sides(operands)
    }
}

/// What the ops share whose result is one of two operands.
enum Choice {
    /// The gradients of two operands, where the second is taken if a condition holds and the first if not.
    static func gradient(
        _ takesSecond: ValueID, _ outputGradient: ValueID, of first: ValueID, else second: ValueID,
        in builder: inout GraphBuilder
    ) throws(OpError) -> [ValueID?] {
        let zero = builder.constant(0)
        let byFirst = try builder.apply(.select, [takesSecond, zero, outputGradient])
        let bySecond = try builder.apply(.select, [takesSecond, outputGradient, zero])
        return [
            try Broadcasting.reduce(byFirst, like: first, in: &builder),
            try Broadcasting.reduce(bySecond, like: second, in: &builder),
        ]
    }

    /// Which of two operands is larger, for each element of what they broadcast to.
    @specialized(where Scalar == Float)
    @specialized(where Scalar == Double)
    static func sides<Scalar: EvaluationScalar>(_ operands: [Tensor<Scalar>]) -> [Int8] {
        let shapes = operands.map(\.shape), rank = max(shapes[0].count, shapes[1].count)
        let padded = shapes.map { Array(repeating: 1, count: rank - $0.count) + $0 }
        let shape = zip(padded[0], padded[1]).map { max($0, $1) }
        return Broadcasting.combine(operands, shape) { a, b in a > b ? 1 : a < b ? -1 : 0 }.values.map { Int8($0) }
    }
}
