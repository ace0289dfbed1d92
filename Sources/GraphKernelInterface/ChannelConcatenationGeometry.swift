/// The constants of a concatenation along the channels: the parts lie one after the other in each pixel of the output.
public struct ChannelConcatenationGeometry: Hashable, Sendable {
    /// Pixels of a row.
    public var width: Int
    /// The channels of each part.
    public var channels: PartSizes

    /// - Parameter width: pixels of a row.
    public init(width: Int, channels: PartSizes) {
        self.width = width
        self.channels = channels
    }
}
