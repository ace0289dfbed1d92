/// The constants of rows and columns put around an image, or of their gradient.
public struct BorderGeometry: Hashable, Sendable {
    /// The image's size, and that with its border.
    public var height: Int, width: Int, outerHeight: Int, outerWidth: Int
    /// Elements of a pixel.
    public var channels: Int
    /// Rows above, and columns on the left.
    public var top: Int, left: Int
    /// What stands in the border.
    public var mode: BorderMode
    /// The number that a constant border holds.
    public var value: Float

    /// Each argument is the property of its name.
    public init(
        height: Int, width: Int, outerHeight: Int, outerWidth: Int, channels: Int, top: Int, left: Int, mode: BorderMode,
        value: Float
    ) {
        self.height = height
        self.width = width
        self.outerHeight = outerHeight
        self.outerWidth = outerWidth
        self.channels = channels
        self.top = top
        self.left = left
        self.mode = mode
        self.value = value
    }
}
