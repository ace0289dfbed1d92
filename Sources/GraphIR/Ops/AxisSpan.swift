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

    /// Copies `count` runs of each block, from `start` in `source` to `place` in `target`.
    @inline(__always)
    static func copy<Scalar: EvaluationScalar>(
        _ count: Int, from source: Tensor<Scalar>, at start: Int, to target: inout Tensor<Scalar>, at place: Int,
        axis: Int
    ) {
        let (from, to) = (AxisSpan(source.shape, axis: axis), AxisSpan(target.shape, axis: axis))
        for block in 0..<from.outer {
            let (read, write) = (from.run(block, start), to.run(block, place))
            for element in 0..<count * from.inner { target.values[write + element] = source.values[read + element] }
        }
    }

    /// Row map of an op whose result's index along `axis` is the operand's plus `offset`.
    static func rowMap(axis: Int, offset: Int) -> RowMap {
        axis == 1 ? .window(stride: 1, scale: 1, first: -offset, last: -offset) : .identity
    }
}
