/// What an element of another program's tensor is.
public enum ForeignElement: String, Hashable, Sendable {
    case f64, f32, f16, bf16
    case i64, i32, i16, i8, u64, u32, u16, u8
    case bool

    /// Of one element, as it lies in a file.
    public var byteCount: Int {
        switch self {
        case .f64, .i64, .u64: 8
        case .f32, .i32, .u32: 4
        case .f16, .bf16, .i16, .u16: 2
        case .i8, .u8, .bool: 1
        }
    }

    /// Whether elements are floats.
    public var isFloat: Bool { floatType != nil }

    /// The type of floats; nil where elements are whole numbers.
    var floatType: FloatType? {
        switch self {
        case .f64: .f64
        case .f32: .f32
        case .f16: .f16
        case .bf16: .bf16
        default: nil
        }
    }
}
