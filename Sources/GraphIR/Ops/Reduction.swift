/// What the ops that sum over dimensions, and their gradients, share. They keep totals in double
/// precision and round once, so that a sum over a million pixels is as exact as its result can be.
enum Reduction {
    /// `shape` with 1 in place of each of `axes`: all of them when none is given.
    static func keepingAxes(_ shape: [Int], axes: [Int]) -> [Int] {
        shape.indices.map { axes.isEmpty || axes.contains($0) ? 1 : shape[$0] }
    }

    /// The sum of x over the dimensions along which `shape` is repeated to broadcast to x.
    @inline(__always)
    static func sums<Scalar: EvaluationScalar>(of x: Tensor<Scalar>, over shape: [Int]) -> [Scalar] {
        var totals = Array(repeating: 0.0, count: shape.elementCount)
        for (value, place) in zip(x.values, Broadcasting.places(of: shape, in: x.shape)) {
            totals[place] += Double(value)
        }
        return totals.map { Scalar($0) }
    }

    /// The attribute `shape` of the ops that undo a reduction.
    static func shape(_ shape: Shape) -> Attributes { Attributes(["shape": .sizes(shape.dimensions)]) }
}
