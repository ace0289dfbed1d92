import GraphKernelInterface

/// The gradient of `resize`: to each pixel of the image what it weighs in those of the resized one, times dy.
///
/// Shapes: dy `[N, OH, OW, C]` to `[N, height, width, C]`, the image's size.
struct ResizeGradient: Op {
    let name = OpName.resizeGradient
    let signature = Signature(["dy"], attributes: Resize.attributes)

    func resultType(_ operands: [TensorType], _ attributes: Attributes) throws(OpError) -> TensorType {
        try Resize.resized(operands[0], attributes, in: name)
    }

    func gradient(
        of use: OpUse, outputGradient: ValueID, in builder: inout GraphBuilder
    ) throws(OpError) -> [ValueID?] {
        let resized = builder.type(of: use.operands[0]).shape
        return [try builder.apply(.resize, [outputGradient], Resize.transposed(use.attributes, resized))]
    }

    func rowMap(operand: Int, _ shapes: BoundShapes, _ attributes: Attributes) -> RowMap {
        map(alongAxis: 1, shapes, attributes)
    }

    func columnMap(operand: Int, _ shapes: BoundShapes, _ attributes: Attributes) -> RowMap {
        attributes.truth("align_corners") ? .all : map(alongAxis: 2, shapes, attributes)
    }

    private func map(alongAxis axis: Int, _ shapes: BoundShapes, _ attributes: Attributes) -> RowMap {
        let resampling = Resize.resampling(shapes.result[axis], to: shapes.operands[0][axis], attributes)
        guard let window = resampling.transposedWindow else { return .all }
        return .window(stride: window.stride, scale: window.scale, first: window.first, last: window.last)
    }

    @specialized(where Scalar == Float)
    @specialized(where Scalar == Double)
    func evaluate<Scalar: EvaluationScalar>(
        _ operands: [Tensor<Scalar>], _ attributes: Attributes, resultShape: [Int]
    ) -> Tensor<Scalar> {
        var gradient = operands[0]
        for axis in [2, 1] {
            let taps = Resize.taps(resultShape[axis], to: gradient.shape[axis], attributes).map(\.transposed)
            gradient = gradient.resampled(axis: axis, size: resultShape[axis], taps)
        }
        return gradient
    }

    func cost(_ shapes: BoundShapes, _ attributes: Attributes) -> Cost {
        Cost(shapes, operationCount: 6 * shapes.operands[0].elementCount)
    }
}
