import GraphImaging

/// What an ``ExtraInput`` is given.
public enum ExtraValue: Hashable, Sendable {
    /// Every element is this number.
    case number(Float)
    /// Of a grey picture, whose channels are alike, one is taken where the network wants one.
    case picture(Picture)

    var isPicture: Bool { if case .picture = self { true } else { false } }

    /// What it holds in memory.
    var byteCount: Int {
        switch self {
        case .number: 0
        case .picture(let picture): picture.pixels.count
        }
    }
}
