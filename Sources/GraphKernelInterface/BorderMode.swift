/// What stands around an image.
public enum BorderMode: String, CaseIterable, Sendable {
    /// A number.
    case constant
    /// The nearest pixel.
    case edge
    /// The image mirrored at its outermost pixels.
    case reflect

    /// The index within 0..<size that an axis with `before` indices more in front shows at `index`; nil where it shows a
    /// number.
    @inlinable
    public func source(of index: Int, before: Int, size: Int) -> Int? {
        let place = index - before
        if place >= 0, place < size { return place }
        switch self {
        case .constant: return nil
        case .edge: return place < 0 ? 0 : size - 1
        case .reflect: return place < 0 ? -place : 2 * (size - 1) - place
        }
    }
}
