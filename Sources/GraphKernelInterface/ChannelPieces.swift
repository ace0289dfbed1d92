/// Where the channels of an image lie when they are pieces of several images, one behind the other: of a concatenation, or
/// of what makes a convolution's input where nothing copies it.
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

    /// Whole images, of so many channels each, from input 0 on.
    public init(whole channels: PartSizes) {
        self.init(channels: channels, firstChannels: channels.zeros, imageChannels: channels, firstInput: 1)
    }

    /// - Precondition: as many of each.
    public init(channels: PartSizes, firstChannels: PartSizes, imageChannels: PartSizes, firstInput: Int) {
        precondition(channels.count == firstChannels.count && channels.count == imageChannels.count)
        self.channels = channels
        self.firstChannels = firstChannels
        self.imageChannels = imageChannels
        self.firstInput = firstInput
    }
}
