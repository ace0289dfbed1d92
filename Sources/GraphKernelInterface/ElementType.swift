/// What the elements of a tensor are. The raw values are the words of the language.
public enum ElementType: String, Hashable, Sendable, CaseIterable {
    /// The interpreter can run it in double precision as well.
    case f32
    /// Pixels 0…255.
    case u8

    /// Bytes of an element.
    public var byteCount: Int {
        switch self {
        case .f32: 4
        case .u8: 1
        }
    }
}
