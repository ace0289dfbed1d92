import GraphPack

/// Types of numbers that other frameworks keep weights in, by their names in this program's messages.
enum FloatType: String {
    case f64
    case f32
    case f16
    case bf16

    var byteCount: Int {
        switch self {
        case .f64: 8
        case .f32: 4
        case .f16, .bf16: 2
        }
    }

    /// Little-endian bytes as float32. F16 and BF16 are exact so; F64 is rounded to nearest.
    ///
    /// - Requires: whole numbers of the type.
    func values(_ bytes: [UInt8]) -> [Float] {
        let count = bytes.count / byteCount
        return bytes.withUnsafeBytes { bytes in
            switch self {
            case .f64:
                (0..<count).map { Float(bytes.loadUnaligned(fromByteOffset: 8 * $0, as: Double.self)) }
            case .f32: (0..<count).map { bytes.loadUnaligned(fromByteOffset: 4 * $0, as: Float.self) }
            case .f16:
                (0..<count).map {
                    Float(bitPattern: HalfPlanes.word(of: UInt32(bytes.loadUnaligned(fromByteOffset: 2 * $0, as: UInt16.self))))
                }
            case .bf16:
                (0..<count).map {
                    Float(bitPattern: UInt32(bytes.loadUnaligned(fromByteOffset: 2 * $0, as: UInt16.self)) << 16)
                }
            }
        }
    }
}

/// The elements of a tensor as they lie in memory, perhaps not in row-major order.
struct StridedView {
    var shape: [Int]
    /// In elements, for each dimension.
    var strides: [Int]
    var offset: Int

    /// The values in row-major order, or nil where the view leaves the storage. Strides of 0 repeat what is there: the caller
    /// bounds the shape.
    func values(in storage: [Float]) -> [Float]? {
        guard shape.count == strides.count, offset >= 0, offset <= storage.count, let count = valueCount(ofShape: shape) else {
            return nil
        }
        guard count > 0 else { return [] }
        // The last element is the farthest, as no stride is negative.
        var last = offset
        for (size, stride) in zip(shape, strides) {
            let (reach, overflow) = (size - 1).multipliedReportingOverflow(by: stride)
            guard stride >= 0, !overflow, reach < storage.count else { return nil }
            last += reach
        }
        guard last < storage.count else { return nil }
        if strides == Self.rowMajorStrides(shape) { return Array(storage[offset..<offset + count]) }
        let (innerCount, innerStride) = (shape.last ?? 1, strides.last ?? 1)
        return [Float](unsafeUninitializedCapacity: count) { values, initializedCount in
            var index = [Int](repeating: 0, count: shape.count)
            storage.withUnsafeBufferPointer { storage in
                for start in stride(from: 0, to: count, by: innerCount) {
                    let first = zip(index, strides).reduce(offset) { $0 + $1.0 * $1.1 }
                    for step in 0..<innerCount { values[start + step] = storage[first + step * innerStride] }
                    for axis in shape.indices.dropLast().reversed() {
                        index[axis] += 1
                        if index[axis] < shape[axis] { break }
                        index[axis] = 0
                    }
                }
            }
            initializedCount = count
        }
    }

    static func rowMajorStrides(_ shape: [Int]) -> [Int] {
        var strides = [Int](repeating: 1, count: shape.count)
        for axis in shape.indices.dropLast().reversed() { strides[axis] = strides[axis + 1] * shape[axis + 1] }
        return strides
    }
}
