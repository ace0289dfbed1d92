/// Which rows of an operand some rows of a result need.
///
/// Rows are counted within one image, from 0 to H. Bands, halos and the receptive field follow from
/// the maps of all ops.
public enum RowMap: Hashable, Sendable {
    /// Rows a..<b of the result need rows ⌊(a·stride + first) / scale⌋ … ⌊((b − 1)·stride + last) / scale⌋
    /// of the operand, those that exist.
    case window(stride: Int, scale: Int, first: Int, last: Int)
    /// Any row of the result needs the whole operand: weights, scalars, reductions over the image.
    case all

    /// Row i of the result needs row i of the operand.
    public static let identity = RowMap.window(stride: 1, scale: 1, first: 0, last: 0)

    /// The operand's rows that `rows` of the result need, out of `height`.
    public func operandRows(for rows: Range<Int>, height: Int) -> Range<Int> {
        switch self {
        case .all:
            return 0..<height
        case .window(let stride, let scale, let first, let last):
            guard !rows.isEmpty else { return 0..<0 }
            let lower = Size.floorDivide(rows.lowerBound * stride + first, scale)
            let upper = Size.floorDivide((rows.upperBound - 1) * stride + last, scale) + 1
            let clampedLower = min(max(lower, 0), height)
            return clampedLower..<max(clampedLower, min(upper, height))
        }
    }
}
