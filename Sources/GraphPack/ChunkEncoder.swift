import SystemPackage

/// Makes the stored bytes of chunks: `StoredElement.swift` describes them. One worker's own.
final class ChunkEncoder {
    private let textCompressor: ZstdCompressor
    private let planeCompressor: ZstdCompressor
    /// The bytes to be packed, before they are compressed.
    private var packed = [UInt8](repeating: 0, count: StoredElement.fp32.elementsPerChunk)

    /// - Parameter path: of the file that is to be written, for errors.
    init(for path: FilePath) throws(PackError) {
        guard let textCompressor = ZstdCompressor(for: .text), let planeCompressor = ZstdCompressor(for: .planes) else {
            throw .outOfMemory(path: path)
        }
        self.textCompressor = textCompressor
        self.planeCompressor = planeCompressor
    }

    /// Nil where memory ran out.
    func encoded(_ bytes: UnsafeRawBufferPointer) -> EncodedChunk? {
        guard let frame = textCompressor.compressed(bytes) else { return nil }
        return frame.count < bytes.count ? EncodedChunk(frame) : EncodedChunk(Array(bytes))
    }

    /// Nil where memory ran out.
    ///
    /// - Parameters:
    ///   - values: not empty, and such as rounding to the type gives.
    ///   - firstElement: the place of the first value in its tensor.
    func encoded(
        _ values: UnsafeBufferPointer<Float>, as type: StoredElement, channelCount: Int, firstElement: Int
    ) -> EncodedChunk? {
        let count = values.count
        let plainByteCount = type.plainByteCount(elementCount: count, channelCount: channelCount)
        let words = UnsafeRawPointer(values.baseAddress!).assumingMemoryBound(to: UInt32.self)
        var stored = [UInt8](unsafeUninitializedCapacity: paddedByteCount(plainByteCount + count)) { buffer, filled in
            let plain = buffer.baseAddress!
            packed.withUnsafeMutableBufferPointer { packed in
                let packed = packed.baseAddress!
                switch type {
                case .fp32:
                    let low = UnsafeMutableRawPointer(plain).assumingMemoryBound(to: UInt16.self)
                    FloatPlanes.split(words, count: count, low: low, high: plain + 2 * count, exponents: packed)
                case .fp16: HalfPlanes.split(words, count: count, low: plain, high: packed)
                case .bf16: BrainPlanes.split(words, count: count, signAndMantissa: plain, exponents: packed)
                case .int8:
                    let quantization = ChannelQuantization(channelCount: channelCount, firstElement: firstElement)
                    let scales = quantization.scales(of: values)
                    scales.withUnsafeBytes { UnsafeMutableRawBufferPointer(buffer).copyMemory(from: $0) }
                    quantization.quantize(values, scales: scales, into: packed)
                case .bytes: preconditionFailure("a tensor is not stored as bytes")
                }
            }
            filled = plainByteCount
        }
        let frame = packed.withUnsafeBytes { planeCompressor.compressed(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
        guard let frame else { return nil }
        // A longer frame saves nothing; a much shorter one, of zeros, could not be told from a bomb.
        let isWorthwhile = frame.count < count && (type != .int8 || frame.count >= count / 8)
        stored += isWorthwhile ? frame[...] : packed[..<count]
        return EncodedChunk(stored)
    }
}

/// A chunk as it stands in the file.
struct EncodedChunk: Sendable {
    /// With the padding.
    let bytes: [UInt8]
    let chunk: Chunk

    init(_ stored: [UInt8]) {
        let padding = paddedByteCount(stored.count) - stored.count
        bytes = stored + [UInt8](repeating: 0, count: padding)
        chunk = Chunk(storedByteCount: stored.count, checksum: CRC32C.checksum(of: bytes))
    }
}
