/// The samples on which two pictures are compared.
public enum MetricChannels: Hashable, Sendable {
    /// Luma as papers on super-resolution take it: Y of BT.601 in 16…235, not rounded to whole values. Programs that round
    /// it, as MATLAB's `rgb2ycbcr` does of `uint8`, report up to 0.07 dB less.
    case luma
    /// All three channels: one mean square error over them, the mean of their three similarities.
    case rgb

    var channels: [Plane.Channel] {
        switch self {
        case .luma: [.luma]
        case .rgb: [.red, .green, .blue]
        }
    }
}
