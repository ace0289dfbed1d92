/// The constants of the peak signal-to-noise ratio and of its gradient.
public struct PeakSignalToNoiseGeometry: Hashable, Sendable {
    /// The sizes of the two images, and of the result.
    public var rows: RowGeometry
    /// The largest value that an image may have.
    public var peak: Float
    /// What the gradient is multiplied with.
    public var gradientFactor: Float
    /// Whether the gradient is multiplied with a scalar that is an input, besides.
    public var readsGradient: Bool

    /// The ratio takes `peak` alone; its gradient all.
    public init(_ rows: RowGeometry, peak: Float, gradientFactor: Float = 1, readsGradient: Bool = false) {
        self.rows = rows
        self.peak = peak
        self.gradientFactor = gradientFactor
        self.readsGradient = readsGradient
    }
}
