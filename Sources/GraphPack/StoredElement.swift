/// How the elements of a section are stored, by its number in the file.
///
/// A chunk of n elements is stored as some plain bytes, and after them n packed bytes, which are one zstd
/// frame if that is shorter. What repeats is among the packed bytes:
///
///     type       plain bytes                                           packed byte of an element
///     0 bytes    none                                                  the byte
///     1 fp32     n × lower 16 bits, then n × sign and upper 7 bits     exponent
///                of the mantissa
///     2 fp16     n × lower 8 bits                                      sign, exponent, upper 2 bits of the mantissa
///     3 bf16     n × sign and mantissa                                 exponent
///     4 int8     C × float32, the scales of the chunk's channels       whole number in -127...127
public enum StoredElement: UInt8, Sendable {
    case bytes = 0
    case fp32 = 1
    case fp16 = 2
    case bf16 = 3
    case int8 = 4

    /// A chunk has this many elements, the last one of a section perhaps fewer: 1 MiB when decoded.
    var elementsPerChunk: Int { self == .bytes ? 1 << 20 : 1 << 18 }

    /// Bytes of an element when decoded, as a byte or a float32.
    var decodedByteCount: Int { self == .bytes ? 1 : 4 }

    /// - Parameter channelCount: the last size of the section's shape.
    func plainByteCount(elementCount: Int, channelCount: Int) -> Int {
        switch self {
        case .bytes: 0
        case .fp32: 3 * elementCount
        case .fp16, .bf16: elementCount
        case .int8: 4 * channelCount
        }
    }

    /// Of int8, so that a chunk's scales stay small beside it.
    static let channelLimit = 1 << 14
}
