/// What the ops that sum over dimensions, and their gradients, share. They keep totals in double
/// precision and round once, so that a sum over a million pixels is as exact as its result can be.
enum Reduction {
    /// `shape` with 1 in place of each of `axes`: all of them when none is given.
    static func keepingAxes(_ shape: [Int], axes: [Int]) -> [Int] {
        shape.indices.map { axes.isEmpty || axes.contains($0) ? 1 : shape[$0] }
    }

    /// The attribute `shape` of the ops that undo a reduction.
    static func shape(_ shape: Shape) -> Attributes { Attributes(["shape": .sizes(shape.dimensions)]) }
}
