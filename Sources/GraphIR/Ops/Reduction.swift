/// What the ops that reduce over dimensions, and their gradients, share. They keep totals in double
/// precision and round once, so that a sum over a million pixels is as exact as its result can be.
enum Reduction {
    static let attributes = [
        AttributeDeclaration("axes", .sizes, default: .sizes([])),
        AttributeDeclaration("keep_dims", .truth, default: .truth(false)),
    ]

    static func resultType(_ x: TensorType, _ attributes: Attributes, in op: OpName) throws(OpError) -> TensorType {
        try x.requireF32(in: op)
        let axes = try axes(attributes, rank: x.shape.rank, in: op)
        let isReduced = x.shape.dimensions.indices.map { axes.isEmpty || axes.contains($0) }
        let sizes = zip(x.shape.dimensions, isReduced)
        return TensorType(
            .f32,
            Shape(
                attributes.truth("keep_dims")
                    ? sizes.map { size, isReduced in isReduced ? Size(1) : size }
                    : sizes.compactMap { size, isReduced in isReduced ? nil : size }))
    }

    /// The attribute `axes`: known, distinct, below the rank.
    static func axes(_ attributes: Attributes, rank: Int, in op: OpName) throws(OpError) -> [Int] {
        var axes: [Int] = []
        for size in attributes.sizes("axes") {
            guard let axis = size.constant, axis >= 0, axis < rank, !axes.contains(axis) else {
                throw .reducedAxis(op, size, rank: rank)
            }
            axes.append(axis)
        }
        return axes
    }

    /// `shape` with 1 in place of each of `axes`: all of them when none is given.
    static func keepingAxes(_ shape: [Int], axes: [Int]) -> [Int] {
        shape.indices.map { axes.isEmpty || axes.contains($0) ? 1 : shape[$0] }
    }

    /// What has a reduction's result type, with 1 in place of the axes that were reduced, so that it broadcasts to what
    /// was reduced.
    ///
    /// - Parameters:
    ///   - shape: what was reduced.
    ///   - attributes: those of the reduction.
    static func kept(
        _ value: ValueID, from shape: Shape, _ attributes: Attributes, in builder: inout GraphBuilder
    ) throws(OpError) -> ValueID {
        let axes = attributes.integers("axes")
        // A scalar broadcasts to everything.
        if attributes.truth("keep_dims") || axes.isEmpty || axes.count == shape.rank { return value }
        let sizes = shape.dimensions.enumerated().map { axis, size in axes.contains(axis) ? Size(1) : size }
        return try Reshape.apply(value, to: Shape(sizes), in: &builder)
    }

    /// Which rows (axis 1) or columns (axis 2) of an image a reduction needs: those of its result where neither images
    /// nor this axis are reduced.
    static func map(alongAxis axis: Int, _ shapes: BoundShapes, _ attributes: Attributes) -> RowMap {
        let axes = attributes.integers("axes")
        let keeps = attributes.truth("keep_dims") && !axes.isEmpty && !axes.contains(axis) && !axes.contains(0)
        return shapes.result.count == 4 && keeps ? .identity : .all
    }

    /// The sum of x over the dimensions along which `shape` is repeated to broadcast to x.
    @specialized(where Scalar == Float)
    @specialized(where Scalar == Double)
    static func sums<Scalar: EvaluationScalar>(of x: Tensor<Scalar>, over shape: [Int]) -> [Scalar] {
        totals(of: x, over: shape).map { Scalar($0) }
    }

    /// The same before rounding.
    @specialized(where Scalar == Float)
    @specialized(where Scalar == Double)
    static func totals<Scalar: EvaluationScalar>(of x: Tensor<Scalar>, over shape: [Int]) -> [Double] {
        var totals = Array(repeating: 0.0, count: shape.elementCount)
        for (value, place) in zip(x.values, Broadcasting.places(of: shape, in: x.shape)) {
            totals[place] += Double(value)
        }
        return totals
    }

    /// The attribute `shape` of the ops that undo a reduction.
    static func shape(_ shape: Shape) -> Attributes { Attributes(["shape": .sizes(shape.dimensions)]) }
}
