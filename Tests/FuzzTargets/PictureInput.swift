@testable import GraphImaging

/// Of larger pictures only the header is read: a fuzzer would do nothing but decode black rows.
private let mostPixels = 1 << 18

func takePicture(_ bytes: [UInt8]) {
    guard let source = try? PictureSource(bytes), let reader = try? source.reader().upright() else { return }
    _ = reader.metadata.enlarged(to: PictureSize(width: 2 * reader.width, height: 2 * reader.height), scale: 2, verticalScale: 2)
    guard reader.width * reader.height <= mostPixels else { return }
    var row = [UInt8](repeating: 0, count: reader.width * reader.layout.byteCount)
    for _ in 0..<reader.height {
        guard (try? reader.readRow(into: &row)) != nil else { return }
    }
    precondition(reader.rowCount == reader.height, "rows are counted wrongly")
}

func takeVideo(_ bytes: [UInt8]) {
    guard let reader = try? VideoReader(bytes) else { return }
    while let frame = try? reader.nextFrame() { _ = frame }
}

/// Sets the checksum of each chunk of a PNG.
func repairChunks(of file: UnsafeMutableRawBufferPointer) {
    var offset = 8
    while offset + 12 <= file.count {
        let length = Int(UInt32(bigEndian: file.loadUnaligned(fromByteOffset: offset, as: UInt32.self)))
        guard length <= file.count - offset - 12 else { return }
        let sum = CyclicRedundancyCheck.sum(of: file[offset + 4..<offset + 8 + length])
        file.storeBytes(of: sum.bigEndian, toByteOffset: offset + 8 + length, as: UInt32.self)
        offset += length + 12
    }
}

/// Pictures of every kind of pixels that a format has.
func pictureSeeds(_ format: PictureFormat) throws -> [String: [UInt8]] {
    var seeds: [String: [UInt8]] = [:]
    for layout in [PixelLayout(isGrey: true), PixelLayout(hasAlpha: true), PixelLayout(), PixelLayout(bitDepth: 16)] {
        let held = format.holding(layout, isOpaque: false).layout
        let writer = try PictureEncoding(format).writer(
            to: .memory, size: PictureSize(width: 9, height: 7), layout: held, metadata: PictureMetadata())
        var row = (0..<9 * held.byteCount).map { UInt8(truncatingIfNeeded: $0 * 37) }
        for _ in 0..<7 { try row.withUnsafeMutableBytes { try writer.writeRow(UnsafeRawBufferPointer($0)) } }
        try writer.finish()
        seeds["\(held.sampleCount)-\(held.bitDepth).\(format.ending)"] = writer.bytes
    }
    return seeds
}

func videoSeeds() -> [String: [UInt8]] {
    var seeds: [String: [UInt8]] = [:]
    for (colours, byteCount) in [("420jpeg", 24), ("444", 48), ("mono", 16), ("420p10", 48), ("411", 24)] {
        let frame = Array("FRAME\n".utf8) + (0..<byteCount).map { UInt8($0 % 4) }
        seeds[colours] = Array("YUV4MPEG2 W4 H4 F25:1 Ip A1:1 C\(colours)\n".utf8) + frame + frame
    }
    return seeds
}
