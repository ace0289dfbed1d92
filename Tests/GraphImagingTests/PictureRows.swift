import GraphImaging

extension PictureReader {
    /// Reads the next row.
    func readRow(into row: inout [UInt8]) throws(ImageError) {
        try row.withUnsafeMutableBufferPointer { (bytes) throws(ImageError) in
            try readRow(into: UnsafeMutableRawBufferPointer(bytes))
        }
    }

    /// The bytes of all rows that are left.
    func readRows() throws(ImageError) -> [UInt8] {
        var bytes: [UInt8] = []
        var row = [UInt8](repeating: 0, count: width * layout.byteCount)
        while rowCount < height {
            try readRow(into: &row)
            bytes += row
        }
        return bytes
    }

    /// All of it as a picture of RGB.
    func readPicture() throws(ImageError) -> Picture {
        precondition(layout == .rgb8)
        return try Picture(width: width, height: height, pixels: readRows())
    }
}

extension PictureWriter {
    /// Writes the next row.
    func writeRow(_ row: [UInt8]) throws(ImageError) {
        try row.withUnsafeBufferPointer { (bytes) throws(ImageError) in try writeRow(UnsafeRawBufferPointer(bytes)) }
    }

    /// Writes all rows and ends the file.
    func write(_ bytes: [UInt8]) throws(ImageError) {
        let stride = width * layout.byteCount
        for y in 0..<height { try writeRow(Array(bytes[y * stride..<(y + 1) * stride])) }
        try finish()
    }
}

/// What is wrong with a file that is read to its end; nil where nothing is. It is said in one line.
func problem(_ read: () throws(ImageError) -> some PictureReader) -> String? {
    do throws(ImageError) {
        _ = try read().readRows()
        return nil
    } catch {
        return error.description.contains("\n") || error.problem.isEmpty ? "unclear: \(error)" : error.problem
    }
}

/// FNV-1a: a number that stands for bytes.
func digest(_ bytes: [UInt8]) -> UInt64 {
    bytes.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
}

/// What a test draws on for picture metadata.
enum SampleMetadata {
    /// Little-endian TIFF with one tag: orientation 6, a quarter turn to the right.
    static let exif: [UInt8] =
        [0x49, 0x49, 0x2A, 0, 8, 0, 0, 0, 1, 0] + [0x12, 0x01, 3, 0, 1, 0, 0, 0, 6, 0, 0, 0] + [0, 0, 0, 0]
    static let xmp = Array("<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><!-- \u{E4}\u{20AC} --></x:xmpmeta>".utf8)

    /// Bytes that stand for a profile of RGB, of any size from 132 on: nothing here reads more than their header.
    static func profile(_ byteCount: Int) -> [UInt8] {
        let noise = (0..<byteCount).map { UInt8(truncatingIfNeeded: $0 &* 31 ^ $0 >> 8) }
        return SampleICC.stub("RGB ") + noise.dropFirst(132)
    }
}
