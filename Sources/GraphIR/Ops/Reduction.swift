/// Sums of many elements, for the ops that reduce. Totals are kept in double precision and rounded
/// once, so that a sum over a million pixels is as exact as its result can be.
enum Reduction {
    /// Sums `x` over every dimension along which `shape`, broadcast to x, is repeated.
    @inline(__always)
    static func sum<Scalar: EvaluationScalar>(_ x: Tensor<Scalar>, to shape: [Int]) -> Tensor<Scalar> {
        let rows = Broadcasting.rows(of: shape, in: x.shape)
        var totals = Array(repeating: 0.0, count: shape.elementCount)
        let width = x.shape.last ?? 1
        for (row, start) in rows.starts.enumerated() {
            for column in 0..<width {
                totals[start + column * rows.step] += Double(x.values[row * width + column])
            }
        }
        return Tensor(shape: shape, values: totals.map(Scalar.init))
    }

    /// Repeats the elements of `x` until it has `shape`, which it broadcasts to.
    @inline(__always)
    static func broadcast<Scalar: EvaluationScalar>(_ x: Tensor<Scalar>, to shape: [Int]) -> Tensor<Scalar> {
        let rows = Broadcasting.rows(of: x.shape, in: shape)
        var values: [Scalar] = []
        values.reserveCapacity(shape.elementCount)
        for start in rows.starts {
            for column in 0..<(shape.last ?? 1) { values.append(x.values[start + column * rows.step]) }
        }
        return Tensor(shape: shape, values: values)
    }

    /// `shape` with 1 in place of each of `axes`: all of them when none is given.
    static func keepingAxes(_ shape: [Int], axes: [Int]) -> [Int] {
        shape.indices.map { axes.isEmpty || axes.contains($0) ? 1 : shape[$0] }
    }

    /// The attribute `shape` of the ops that undo a reduction.
    static func shape(_ shape: Shape) -> Attributes { Attributes(["shape": .sizes(shape.dimensions)]) }
}
