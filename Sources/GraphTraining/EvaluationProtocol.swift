import GraphImaging

/// By which convention figures are taken: those of one compare only with others of the same.
public enum EvaluationProtocol: String, Hashable, Sendable, CaseIterable {
    /// Y, without a border as wide as the scale: the tables of papers for Set5, Set14, B100, Urban100 and Manga109.
    ///
    /// Source: C. Dong et al., Image super-resolution using deep convolutional networks, 2014, and those after it.
    case paper
    /// RGB, without a border of the scale and 6 pixels: figures for the validation pictures of DIV2K.
    ///
    /// Source: R. Timofte et al., NTIRE 2017 challenge on single image super-resolution; B. Lim et al., Enhanced deep
    /// residual networks for single image super-resolution, 2017, section 4.2.
    case div2k
    /// RGB, without a border as wide as the scale.
    case rgb

    /// The samples that are compared.
    public var channels: MetricChannels {
        switch self {
        case .paper: .luma
        case .div2k, .rgb: .rgb
        }
    }

    /// Pixels left out on each side.
    public func border(scale: Int) -> Int {
        switch self {
        case .paper, .rgb: scale
        case .div2k: scale + 6
        }
    }
}
