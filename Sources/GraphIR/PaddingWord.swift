/// A padding that depends on the filter's size.
public enum PaddingWord: String, Hashable, Sendable, CaseIterable {
    /// As many rows and columns of zeros as keep the image's size at stride 1.
    case same
    /// None.
    case valid
}
