import GraphFiles

/// Reads, checks and decodes chunks. One worker's own: it keeps the buffers.
final class ChunkDecoder {
    /// Made for the first frame.
    private var decompressor: ZstdDecompressor?
    /// Both as large as the largest chunk so far.
    private var stored: [UInt8] = []
    private var unpacked: [UInt8] = []

    /// Reads a chunk into the buffer and checks its checksum and padding.
    func read(_ index: Int, of section: Section, from file: InputFile) throws(PackError) {
        let (chunk, offset) = (section.chunks[index], section.offset(ofChunk: index))
        let byteCount = paddedByteCount(chunk.storedByteCount)
        if stored.count < byteCount { stored = [UInt8](repeating: 0, count: byteCount) }
        try inFile { () throws(FileError) in try file.fill(&stored, byteCount: byteCount, at: offset) }
        let (checksum, paddingIsZero) = stored.withUnsafeBytes { stored in
            (
                CRC32C.checksum(of: UnsafeRawBufferPointer(rebasing: stored[..<byteCount])),
                stored[chunk.storedByteCount..<byteCount].allSatisfy { $0 == 0 }
            )
        }
        guard checksum == chunk.checksum else {
            throw .damaged(path: file.path, section.fault(inChunk: index, .checksumDiffers))
        }
        guard paddingIsZero else {
            throw .damaged(path: file.path, section.fault(inChunk: index, .paddingIsNotZero))
        }
    }

    /// Reads, checks and decodes a chunk of bytes into their place among those of the section.
    func decode(
        _ index: Int, of section: Section, from file: InputFile, into bytes: inout [UInt8], _ range: Range<Int>
    ) throws(PackError) {
        try read(index, of: section, from: file)
        let storedByteCount = section.chunks[index].storedByteCount
        let isWhole = bytes.withUnsafeMutableBytes { bytes in
            stored.withUnsafeBytes { stored in
                unpack(
                    UnsafeRawBufferPointer(rebasing: stored[..<storedByteCount]),
                    into: UnsafeMutableRawBufferPointer(rebasing: bytes[range]))
            }
        }
        guard isWhole else {
            throw .damaged(path: file.path, section.fault(inChunk: index, .doesNotDecompress))
        }
    }

    /// Reads, checks and decodes a chunk of floats.
    func decode(
        _ index: Int, of section: Section, from file: InputFile, into values: UnsafeMutableBufferPointer<Float>
    ) throws(PackError) {
        try read(index, of: section, from: file)
        let chunk = section.chunks[index]
        let isWhole = stored.withUnsafeBytes { stored in
            decode(UnsafeRawBufferPointer(rebasing: stored[..<chunk.storedByteCount]), index, of: section, into: values)
        }
        guard isWhole else {
            throw .damaged(path: file.path, section.fault(inChunk: index, .doesNotDecompress))
        }
    }

    /// Whether the stored bytes decode. Their number has been checked with the table.
    private func decode(
        _ stored: UnsafeRawBufferPointer, _ index: Int, of section: Section,
        into values: UnsafeMutableBufferPointer<Float>
    ) -> Bool {
        let count = values.count
        let plainByteCount = section.type.plainByteCount(elementCount: count, channelCount: section.channelCount)
        let packed = UnsafeRawBufferPointer(rebasing: stored[plainByteCount...])
        let plain = stored.baseAddress!.assumingMemoryBound(to: UInt8.self)
        if unpacked.count < count { unpacked = [UInt8](repeating: 0, count: count) }
        let words = UnsafeMutableRawPointer(values.baseAddress!).assumingMemoryBound(to: UInt32.self)
        return unpacked.withUnsafeMutableBytes { unpacked in
            guard unpack(packed, into: UnsafeMutableRawBufferPointer(rebasing: unpacked[..<count])) else { return false }
            let bytes = UnsafePointer(unpacked.baseAddress!.assumingMemoryBound(to: UInt8.self))
            switch section.type {
            case .fp32:
                let low = stored.baseAddress!.assumingMemoryBound(to: UInt16.self)
                FloatPlanes.join(words, count: count, low: low, high: plain + 2 * count, exponents: bytes)
            case .fp16: HalfPlanes.join(words, count: count, low: plain, high: bytes)
            case .bf16: BrainPlanes.join(words, count: count, signAndMantissa: plain, exponents: bytes)
            case .int8:
                let firstElement = index * section.type.elementsPerChunk
                let scales = stored.baseAddress!.assumingMemoryBound(to: Float.self)
                ChannelQuantization(channelCount: section.channelCount, firstElement: firstElement)
                    .dequantize(bytes, scales: scales, into: values)
            case .bytes: preconditionFailure("a tensor is not stored as bytes")
            }
            return true
        }
    }

    /// Packed bytes are themselves if there are as many as expected, and one frame if fewer.
    private func unpack(_ packed: UnsafeRawBufferPointer, into bytes: UnsafeMutableRawBufferPointer) -> Bool {
        if packed.count == bytes.count {
            bytes.copyMemory(from: packed)
            return true
        }
        if decompressor == nil { decompressor = ZstdDecompressor() }
        return decompressor?.decompress(packed, into: bytes) ?? false
    }
}
