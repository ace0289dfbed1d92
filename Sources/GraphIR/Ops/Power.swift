import RealModule

/// `power(base, exponent)`: base^exponent, as C's `pow` defines it: 1 for an exponent of 0, NaN for a base below 0 and
/// an exponent that is not whole.
///
/// Shapes: any two that broadcast together. Its derivative by the base is exponent · base^(exponent − 1), by the
/// exponent ln(base) · base^exponent, which takes a base above 0. Adam's bias correction is `1 - power(0.9, step)`.
struct Power: PointwiseOp {
    let name = OpName.power
    let signature = Signature(["base", "exponent"])

    func gradient(
        of use: OpUse, outputGradient: ValueID, in builder: inout GraphBuilder
    ) throws(OpError) -> [ValueID?] {
        let (base, exponent) = (use.operands[0], use.operands[1])
        return [
            try byBase(base, exponent, outputGradient, in: &builder),
            try byExponent(base, exponent, use.result, outputGradient, in: &builder),
        ]
    }

    private func byBase(
        _ base: ValueID, _ exponent: ValueID, _ outputGradient: ValueID, in builder: inout GraphBuilder
    ) throws(OpError) -> ValueID? {
        if case .constant = builder.graph[base].content { return nil }
        let lower =
            if case .constant(let number) = builder.graph[exponent].content {
                builder.constant(number - 1)
            } else {
                try builder.apply(.subtract, [exponent, builder.constant(1)])
            }
        let slope = try builder.apply(.multiply, [exponent, try builder.apply(.power, [base, lower])])
        return try Broadcasting.reduce(try builder.apply(.multiply, [outputGradient, slope]), like: base, in: &builder)
    }

    private func byExponent(
        _ base: ValueID, _ exponent: ValueID, _ result: ValueID, _ outputGradient: ValueID, in builder: inout GraphBuilder
    ) throws(OpError) -> ValueID? {
        if case .constant = builder.graph[exponent].content { return nil }
        let logarithm =
            if case .constant(let number) = builder.graph[base].content, number > 0 {
                builder.constant(Double.log(number))
            } else {
                try builder.apply(.log, [base])
            }
        let slope = try builder.apply(.multiply, [result, logarithm])
        return try Broadcasting.reduce(
            try builder.apply(.multiply, [outputGradient, slope]), like: exponent, in: &builder)
    }

    @specialized(where Scalar == Float)
    @specialized(where Scalar == Double)
    func evaluate<Scalar: EvaluationScalar>(
        _ operands: [Tensor<Scalar>], _ attributes: Attributes, resultShape: [Int]
    ) -> Tensor<Scalar> {
        Broadcasting.combine(operands, resultShape) { base, exponent in power(base, exponent) }
    }

    /// The library's function takes no base below 0, and no 0 to the power of 0.
    @inline(__always)
    private func power<Scalar: EvaluationScalar>(_ base: Scalar, _ exponent: Scalar) -> Scalar {
        if exponent == 0 { return 1 }
        guard base < 0, !exponent.isNaN else { return Scalar.pow(base, exponent) }
        let magnitude = Scalar.pow(-base, exponent)
        guard exponent.isFinite else { return magnitude }
        guard exponent == exponent.rounded(.towardZero) else { return base.isFinite ? .nan : magnitude }
        return exponent.remainder(dividingBy: 2) == 0 ? magnitude : -magnitude
    }
}
