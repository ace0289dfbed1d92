/// The constants of a transposition.
public struct TransposeGeometry: Hashable, Sendable {
    /// The result's sizes, of axis k in lane k, and how many there are.
    public var sizes: SIMD8<Int64>, rank: Int
    /// Where the operand's elements lie.
    public var steps: AxisSteps
    /// Bytes of an element: 4 or 1.
    public var elementByteCount: Int

    /// Each argument is the property of its name.
    public init(sizes: SIMD8<Int64>, rank: Int, steps: AxisSteps, elementByteCount: Int) {
        self.sizes = sizes
        self.rank = rank
        self.steps = steps
        self.elementByteCount = elementByteCount
    }
}
