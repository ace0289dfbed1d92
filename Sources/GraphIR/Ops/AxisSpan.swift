/// A tensor seen along one axis: `outer` blocks of `size` runs of `inner` elements each.
///
/// What joining, cutting, padding and resampling along an axis share.
struct AxisSpan {
    let outer, size, inner: Int

    init(_ shape: [Int], axis: Int) {
        outer = shape[..<axis].reduce(1, *)
        size = shape[axis]
        inner = shape[(axis + 1)...].reduce(1, *)
    }

    /// Where the elements of a run begin.
    func run(_ block: Int, _ index: Int) -> Int { (block * size + index) * inner }

    /// The places of all elements whose index along the axis is one of `indices`, in order.
    func places(_ indices: Range<Int>) -> [Int] {
        (0..<outer).flatMap { block in run(block, indices.lowerBound)..<run(block, indices.upperBound) }
    }

    /// Row map of an op whose result's index along `axis` is the operand's plus `offset`.
    static func rowMap(axis: Int, offset: Int) -> RowMap {
        axis == 1 ? .window(stride: 1, scale: 1, first: -offset, last: -offset) : .identity
    }
}
