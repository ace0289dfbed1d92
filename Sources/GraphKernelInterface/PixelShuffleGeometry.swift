/// The constants of a pixel shuffle, or of its inverse.
public struct PixelShuffleGeometry: Hashable, Sendable {
    /// The sizes of the input and of the output.
    public var rows: RowGeometry
    /// The side of the square of pixels that one pixel of more channels becomes.
    public var block: Int

    /// - Parameter block: at least 1.
    public init(_ rows: RowGeometry, block: Int) {
        self.rows = rows
        self.block = block
    }
}
