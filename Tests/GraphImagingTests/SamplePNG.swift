/// Encodes PNGs of every kind, without libpng: the independent side of the reader's tests.
///
/// Deflate blocks are stored and every row has filter 0, so the encoder is a page long.
struct SamplePNG {
    var width: Int
    var height: Int
    var bitDepth: Int
    /// 0 grey, 2 RGB, 3 palette, 4 grey and alpha, 6 RGB and alpha.
    var colorType: Int
    var interlaced = false
    /// Samples of each pixel, `channelCount` of them, row after row.
    var samples: [Int]
    var palette: [[UInt8]] = []
    var transparency: [UInt8] = []
    /// Bytes of the pixels' data behind the last row.
    var surplusByteCount = 0

    var channelCount: Int { [0: 1, 2: 3, 3: 1, 4: 2, 6: 4][colorType]! }

    func encoded() -> [UInt8] {
        var bytes = start
        if !palette.isEmpty { bytes += Self.chunk("PLTE", palette.flatMap { $0 }) }
        if !transparency.isEmpty { bytes += Self.chunk("tRNS", transparency) }
        return bytes + Self.chunk("IDAT", Self.stored(filteredRows() + [UInt8](repeating: 0, count: surplusByteCount)))
            + Self.chunk("IEND", [])
    }

    /// A file that ends after an empty IDAT chunk.
    func encodedWithoutRows() -> [UInt8] {
        start + Self.chunk("IDAT", []) + Self.chunk("IEND", [])
    }

    /// The signature and the header.
    private var start: [UInt8] {
        let kind = [UInt8(bitDepth), UInt8(colorType), 0, 0, interlaced ? 1 : 0]
        return Self.signature + Self.chunk("IHDR", bigEndian(width) + bigEndian(height) + kind)
    }

    /// PNG specification, section 8.1: first column and row, and step, of the seven passes.
    private static let adam7 = [
        (0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2),
    ]

    private func filteredRows() -> [UInt8] {
        var bytes: [UInt8] = []
        for (firstX, firstY, stepX, stepY) in interlaced ? Self.adam7 : [(0, 0, 1, 1)] where firstX < width {
            for y in stride(from: firstY, to: height, by: stepY) {
                bytes.append(0)
                var bits = 0, bitCount = 0
                for x in stride(from: firstX, to: width, by: stepX) {
                    for channel in 0..<channelCount {
                        bits = bits << bitDepth | samples[(y * width + x) * channelCount + channel]
                        bitCount += bitDepth
                        while bitCount >= 8 {
                            bitCount -= 8
                            bytes.append(UInt8(truncatingIfNeeded: bits >> bitCount))
                        }
                    }
                }
                if bitCount > 0 { bytes.append(UInt8(truncatingIfNeeded: bits << (8 - bitCount))) }
            }
        }
        return bytes
    }

    private static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

    static func chunk(_ name: String, _ data: [UInt8]) -> [UInt8] {
        let body = Array(name.utf8) + data
        return bigEndian(data.count) + body + bigEndian(Int(crc32(body)))
    }

    /// A zlib stream of stored blocks.
    static func stored(_ data: [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = [0x78, 0x01]
        for start in stride(from: 0, to: data.count, by: 65535) {
            let block = data[start..<min(start + 65535, data.count)]
            let count = block.count
            bytes += [start + count == data.count ? 1 : 0, UInt8(count & 255), UInt8(count >> 8)]
            bytes += [UInt8(~count & 255), UInt8(~count >> 8 & 255)] + block
        }
        var a = 1, b = 0
        for byte in data {
            a = (a + Int(byte)) % 65521
            b = (b + a) % 65521
        }
        return bytes + bigEndian(b << 16 | a)
    }

    private static func crc32(_ bytes: [UInt8]) -> UInt32 {
        var crc = ~0 as UInt32
        for byte in bytes {
            crc ^= UInt32(byte)
            for _ in 0..<8 { crc = crc >> 1 ^ (crc & 1 == 1 ? 0xEDB8_8320 : 0) }
        }
        return ~crc
    }
}

private func bigEndian(_ value: Int) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
}
