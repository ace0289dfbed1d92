/// The constants of a concatenation along the channels: the pieces lie one after the other in each pixel of the output.
public struct ChannelConcatenationGeometry: Hashable, Sendable {
    /// Pixels of a row.
    public var width: Int
    /// Where the channels of each piece come from: piece k from input k.
    public var pieces: ChannelPieces

    /// - Parameter width: pixels of a row.
    public init(width: Int, pieces: ChannelPieces) {
        self.width = width
        self.pieces = pieces
    }
}
