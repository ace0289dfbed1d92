import GraphImaging

/// What is made of a picture, where it is not just what the network makes of it.
public struct ResultForm: Hashable, Sendable {
    /// How large it becomes.
    public var size: ResultSize
    /// Whether it is the mean of eight enlargements: of the picture, of its mirror image, and of both turned by quarters of
    /// a circle.
    ///
    /// It takes eight times as long, and is a little nearer to the truth. The mean is summed up in memory: 12 bytes for each
    /// pixel that the network makes, and 12 for each of the picture.
    public var isEnsemble: Bool
    /// Whether bicubic interpolation stands at the left of the result, as large, with a line between them.
    public var isComparison: Bool

    /// What the network takes beside the picture, by the names of its inputs: one value for each of
    /// ``PictureEnlarger/extraInputs``.
    public var extras: [String: ExtraValue]

    /// Each argument is the property of its name.
    public init(
        size: ResultSize = .network, isEnsemble: Bool = false, isComparison: Bool = false, extras: [String: ExtraValue] = [:]
    ) {
        self.extras = extras
        self.size = size
        self.isEnsemble = isEnsemble
        self.isComparison = isComparison
    }
}
