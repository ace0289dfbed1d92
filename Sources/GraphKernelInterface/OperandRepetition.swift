/// Where the elements of a pointwise program's rows find theirs in an operand that is repeated along some of their axes.
public struct OperandRepetition: Hashable, Sendable {
    /// Sizes of the axes of the program's rows, of axis k in lane k: first those that count rows, then those within a row, at
    /// least one.
    public private(set) var sizes = SIMD8<Int64>(repeating: 1)
    /// How many axes count rows, and how many there are.
    public private(set) var rowRank = 0, rank = 1
    /// Where the operand's elements lie along these axes.
    public private(set) var steps = AxisSteps.none

    /// One element for all.
    public init() {}

    /// Of an operand of `shape` that is broadcast to a tensor of `result`'s: axes meet from the last one backwards, and one
    /// of another size than the result's is repeated.
    ///
    /// Axes within a row along which the operand lies in even steps are made one, so that runs are long. nil where there are
    /// more axes than ``AxisSteps/maximumRank``, or the operand has more than the result.
    public init?(of shape: [Int], over result: [Int]) {
        let missing = result.count - shape.count
        guard missing >= 0, result.count <= AxisSteps.maximumRank, let own = AxisSteps(of: shape) else { return nil }
        let rowRank = result.count == 4 ? 2 : 0
        var axes: [Axis] = []
        for (axis, size) in result.enumerated() {
            let isRepeated = axis < missing || shape[axis - missing] != size
            let next = Axis(
                size: Int64(size), rows: isRepeated ? 0 : own.rows[axis - missing],
                elements: isRepeated ? 0 : own.elements[axis - missing])
            if axis < rowRank {
                axes.append(next)
            } else if size != 1, axes.count == rowRank || !axes[axes.count - 1].join(next) {
                axes.append(next)
            }
        }
        if axes.count == rowRank { axes.append(Axis(size: 1, rows: 0, elements: 0)) }
        (self.rowRank, rank) = (rowRank, axes.count)
        for (lane, axis) in axes.enumerated() {
            (sizes[lane], steps.rows[lane], steps.elements[lane]) = (axis.size, axis.rows, axis.elements)
        }
    }

    private struct Axis {
        var size: Int64, rows: Int64, elements: Int64

        /// Takes the next axis in where the operand lies in even steps along both.
        mutating func join(_ inner: Axis) -> Bool {
            guard rows == inner.rows * inner.size, elements == inner.elements * inner.size else { return false }
            self = Axis(size: size * inner.size, rows: inner.rows, elements: inner.elements)
            return true
        }
    }
}
