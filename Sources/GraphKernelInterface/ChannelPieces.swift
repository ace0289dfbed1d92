/// Where the channels of a convolution's input lie when they are pieces of several images, one behind the other: a
/// concatenation, or a slice, that nothing copies.
public struct ChannelPieces: Hashable, Sendable {
    /// Channels of each piece.
    public let channels: PartSizes
    /// The first channel of each piece in the image that holds it, and that image's channels.
    public let firstChannels: PartSizes, imageChannels: PartSizes
    /// Which input of the call holds piece 1; the next ones follow, and piece 0 is input 0.
    public var firstInput: Int

    /// The input's channels lie as they are.
    public static let none = ChannelPieces(channels: .none, firstChannels: .none, imageChannels: .none, firstInput: 0)

    /// Whether there are pieces at all.
    @inlinable
    public var areThere: Bool { channels.count > 0 }

    /// - Precondition: as many of each.
    public init(channels: PartSizes, firstChannels: PartSizes, imageChannels: PartSizes, firstInput: Int) {
        precondition(channels.count == firstChannels.count && channels.count == imageChannels.count)
        self.channels = channels
        self.firstChannels = firstChannels
        self.imageChannels = imageChannels
        self.firstInput = firstInput
    }
}
