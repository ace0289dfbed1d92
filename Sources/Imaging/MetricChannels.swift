/// The samples on which two pictures are compared.
public enum MetricChannels: Sendable {
    /// Luma as papers on super-resolution take it: BT.601, 16…235, rounded to whole values. Programs that
    /// do not round report about 0.01 to 0.03 dB more.
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
