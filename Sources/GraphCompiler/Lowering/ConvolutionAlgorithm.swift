/// How convolutions and their gradients are computed.
public enum ConvolutionAlgorithm: String, Hashable, Sendable, CaseIterable, LosslessStringConvertible {
    /// By what is fastest for the shapes: several as one where nothing stands between them, Winograd's algorithm where
    /// it fits.
    case best
    /// Each by itself, by what is fastest for its shape.
    case separate
    /// As the sum is written, whatever the shape: for comparison of speed and of rounding.
    case direct

    /// A case by its name; nil for any other word.
    public init?(_ text: String) { self.init(rawValue: text) }

    public var description: String { rawValue }
}
