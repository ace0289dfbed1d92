import GraphImaging

extension PictureReader {
    /// The samples of all rows, none of which has been read, each a part of 1.
    func samples() throws -> [[Double]] {
        var row = [UInt8](repeating: 0, count: width * layout.byteCount)
        return try (0..<height).map { _ in
            try row.withUnsafeMutableBytes { try readRow(into: $0) }
            if layout.bitDepth == 8 { return row.map { Double($0) / 255 } }
            // In the processor's order, which is little-endian.
            return stride(from: 0, to: row.count, by: 2).map { place -> Double in
                let sample = Int(row[place]) | Int(row[place + 1]) << 8
                return Double(sample) / 65535
            }
        }
    }
}
