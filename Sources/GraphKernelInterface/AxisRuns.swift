/// Elements of a row seen along one of its axes: `outer` blocks of `size` runs of `inner` elements each.
public struct AxisRuns: Hashable, Sendable {
    /// Blocks, runs of each and elements of those.
    public var outer: Int, size: Int, inner: Int

    /// Each argument is the property of its name.
    public init(outer: Int, size: Int, inner: Int) {
        self.outer = outer
        self.size = size
        self.inner = inner
    }

    /// Elements of the row.
    public var count: Int { outer * size * inner }
}
