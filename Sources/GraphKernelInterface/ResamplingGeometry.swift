import GraphBasics

/// The constants of a resizing by nearest or mixed pixels, or of its gradient.
public struct ResamplingGeometry: Hashable, Sendable {
    /// How rows and columns of the resized image are made of those of the image.
    public var vertical: AxisResampling, horizontal: AxisResampling
    /// Elements of a pixel.
    public var channels: Int

    /// Each argument is the property of its name.
    public init(vertical: AxisResampling, horizontal: AxisResampling, channels: Int) {
        self.vertical = vertical
        self.horizontal = horizontal
        self.channels = channels
    }

    /// Bytes of scratch: a row of the image, or of the gradient by the resized image.
    public var scratchByteCount: Int {
        (max(horizontal.inputCount, horizontal.outputCount) * channels * 4).roundedUp(to: 64)
    }
}
