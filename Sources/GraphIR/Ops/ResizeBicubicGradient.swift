/// The gradient of `resize_bicubic`: its transpose, which gives every source pixel the weighted sum of
/// the result pixels that it went into.
///
/// Shapes: `[N, factor·H, factor·W, C]` to `[N, H, W, C]`.
struct ResizeBicubicGradient: Op {
    let name = OpName.resizeBicubicGradient
    let signature = Signature(["dy"], attributes: [ResizeBicubic.factor])

    func resultType(_ operands: [TensorType], _ attributes: Attributes) throws(OpError) -> TensorType {
        var result = operands[0]
        try result.requireF32(in: name)
        try result.requireImages(in: name)
        let factor = attributes.integer("factor")
        for axis in 1...2 {
            let size = operands[0].shape.dimensions[axis]
            result.shape.dimensions[axis] = size.floorDivided(by: factor)
            guard (factor * result.shape.dimensions[axis]).compared(to: size) != .different else {
                throw .sidesNotMultiple(name, of: factor, operands[0])
            }
        }
        return result
    }

    func gradient(
        of use: OpUse, outputGradient: ValueID, in builder: inout GraphBuilder
    ) throws(OpError) -> [ValueID?] {
        [try builder.apply(.resizeBicubic, [outputGradient], use.attributes)]
    }

    /// Source row h is a tap of the rows whose first tap is one of h − 3 … h. Mirrored taps are among
    /// them, since a row that reaches over the edge is close to it.
    func rowMap(operand: Int, _ shapes: BoundShapes, _ attributes: Attributes) -> RowMap {
        let factor = attributes.integer("factor")
        return .window(stride: 2 * factor, scale: 2, first: -3 * factor, last: 5 * factor - 2)
    }

    @specialized(where Scalar == Float)
    @specialized(where Scalar == Double)
    func evaluate<Scalar: EvaluationScalar>(
        _ operands: [Tensor<Scalar>], _ attributes: Attributes, resultShape: [Int]
    ) -> Tensor<Scalar> {
        var gradient = operands[0]
        for axis in [2, 1] {
            let taps = ResizeBicubic.taps(size: resultShape[axis], factor: attributes.integer("factor")).map(\.transposed)
            gradient = gradient.resampled(axis: axis, size: resultShape[axis], taps)
        }
        return gradient
    }

    func cost(_ shapes: BoundShapes, _ attributes: Attributes) -> Cost {
        let short = shapes.operands[0].elementCount / attributes.integer("factor")
        return Cost(shapes, operationCount: 8 * (short + shapes.operands[0].elementCount))
    }
}
