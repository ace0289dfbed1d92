/// How a pack stores its weights: exactly, or smaller with a known error.
///
/// Whatever the format, floats are split so that what repeats, their exponents, is compressed, and what
/// does not, signs and mantissas, is stored as it is. States of training are always stored as `fp32`.
public enum StorageFormat: String, CaseIterable, Hashable, Sendable {
    /// Every bit of the float32 values.
    case fp32
    /// IEEE 754 binary16: 11 significant bits, magnitudes up to 65504.
    case fp16
    /// The upper half of a float32: 8 significant bits and its whole range.
    case bf16
    /// A whole number in -127...127 times the scale of its output channel, the last dimension. Tensors of
    /// rank 0 and 1, as biases, and those with fewer than 16 values for a channel stay `fp32`.
    case int8

    /// How a tensor of a shape is stored in a pack of this format.
    func storedElement(forShape shape: [Int]) -> StoredElement {
        switch self {
        case .fp32: return .fp32
        case .fp16: return .fp16
        case .bf16: return .bf16
        case .int8:
            guard shape.count >= 2, let channelCount = shape.last, let count = valueCount(ofShape: shape),
                1...StoredElement.channelLimit ~= channelCount, count / channelCount >= 16
            else { return .fp32 }
            return .int8
        }
    }
}

extension PackedTensor {
    /// The tensor as a pack of a format gives it back. Rounding again changes nothing.
    ///
    /// - Throws: naming a value that is not finite or too large for the format.
    func rounded(to format: StorageFormat) throws(PackFault) -> PackedTensor {
        let type = format.storedElement(forShape: shape)
        guard type != .fp32 else { return self }
        if let index = values.firstIndex(where: { !$0.isFinite }) {
            throw PackFault(.tensor(path), .notFinite(index: index, value: values[index], format))
        }
        let channelCount = shape.last ?? 1
        let rounded = [Float](unsafeUninitializedCapacity: values.count) { buffer, count in
            _ = buffer.initialize(from: values)
            for start in stride(from: 0, to: values.count, by: type.elementsPerChunk) {
                let chunk = UnsafeMutableBufferPointer(
                    rebasing: buffer[start..<min(start + type.elementsPerChunk, values.count)])
                switch type {
                case .fp16: HalfPlanes.round(chunk)
                case .bf16: BrainPlanes.round(chunk)
                case .int8: ChannelQuantization(channelCount: channelCount, firstElement: start).round(chunk)
                case .fp32, .bytes: break
                }
            }
            count = values.count
        }
        if let index = rounded.firstIndex(where: { !$0.isFinite }) {
            throw PackFault(.tensor(path), .overflow(index: index, value: values[index], format))
        }
        return PackedTensor(path: path, shape: shape, values: rounded)
    }
}
