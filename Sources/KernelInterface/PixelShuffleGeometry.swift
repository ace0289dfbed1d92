/// The constants of a pixel shuffle, or of its inverse.
public struct PixelShuffleGeometry: Hashable, Sendable {
    public var rows: RowGeometry
    /// The side of the square of pixels that one pixel of more channels becomes.
    public var block: Int

    public init(_ rows: RowGeometry, block: Int) {
        self.rows = rows
        self.block = block
    }
}
