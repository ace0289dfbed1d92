/// `prelu(x, slope)`: max(x, 0) + slope · min(x, 0) (He, Zhang, Ren and Sun, "Delving Deep into Rectifiers", 2015,
/// equation 1), which is x where x > 0, else slope · x.
///
/// Shapes: that of x; the slope broadcasts to it, as a number does, or a `[C]` with one element for each channel.
/// Unlike that of `leaky_relu` the slope is an operand, so that it can be trained, and may have either sign: its
/// gradients need x, since the result does not tell on which side of 0 that is.
struct PReLU: PointwiseOp {
    let name = OpName.prelu
    let signature = Signature(["x", "slope"])

    func resultType(_ operands: [TensorType], _ attributes: Attributes) throws(OpError) -> TensorType {
        for operand in operands { try operand.requireF32(in: name) }
        guard Broadcasting.fits(operands[1].shape, in: operands[0].shape) else {
            throw .slope(operands[1], x: operands[0])
        }
        return operands[0]
    }

    /// By x: dy where x > 0, else slope · dy. By the slope: the sum of dy · x where x ≤ 0.
    func gradient(
        of use: OpUse, outputGradient: ValueID, in builder: inout GraphBuilder
    ) throws(OpError) -> [ValueID?] {
        let x = use.operands[0], slope = use.operands[1]
        if case .constant(let number) = builder.graph[slope].content {
            let attributes = Attributes(["slope": .float(number)])
            return [try builder.apply(.reluGradient, [outputGradient, x], attributes), nil]
        }
        let above = try builder.apply(.reluGradient, [outputGradient, x])
        let below = try builder.apply(.subtract, [outputGradient, above])
        let sloped = try builder.apply(.multiply, [slope, below])
        let bySlope = try builder.apply(.multiply, [below, x])
        return [
            try builder.apply(.add, [above, sloped]),
            try Broadcasting.reduce(bySlope, like: slope, in: &builder),
        ]
    }

    @specialized(where Scalar == Float)
    @specialized(where Scalar == Double)
    func evaluate<Scalar: EvaluationScalar>(
        _ operands: [Tensor<Scalar>], _ attributes: Attributes, resultShape: [Int]
    ) -> Tensor<Scalar> {
        Broadcasting.combine(operands, resultShape) { x, slope in x > 0 ? x : slope * x }
    }

    func kinkSides<Scalar: EvaluationScalar>(
        _ operands: [Tensor<Scalar>], _ attributes: Attributes
    ) -> [Int8] {
        operands[0].values.map { $0 > 0 ? 1 : 0 }
    }
}
