/// One frame of raw video: its planes, one behind the other, row after row.
public struct VideoFrame: Hashable, Sendable {
    /// Columns and rows.
    public let size: PictureSize
    /// How the samples lie.
    public let layout: VideoLayout
    /// All samples.
    public private(set) var bytes: [UInt8]

    /// - Precondition: there are as many bytes as the layout says.
    public init(size: PictureSize, layout: VideoLayout, bytes: [UInt8]) {
        precondition(bytes.count == layout.byteCount(of: size))
        self.size = size
        self.layout = layout
        self.bytes = bytes
    }

    /// Reads the samples of a row of a plane.
    func read(row: Int, ofPlane plane: Int, into samples: UnsafeMutableBufferPointer<Float>) {
        let place = place(ofRow: row, ofPlane: plane)
        bytes.withUnsafeBytes { bytes in
            let row = UnsafeRawBufferPointer(rebasing: bytes[place])
            if layout.sampleByteCount == 1 {
                for x in row.indices { samples[x] = Float(row[x]) }
            } else {
                for x in 0..<row.count / 2 {
                    samples[x] = Float(UInt16(littleEndian: row.loadUnaligned(fromByteOffset: 2 * x, as: UInt16.self)))
                }
            }
        }
    }

    /// Writes a row of a plane, each sample as the nearest one there is; what is no number becomes 0.
    mutating func write(row: Int, ofPlane plane: Int, from samples: UnsafeMutableBufferPointer<Float>) {
        let place = place(ofRow: row, ofPlane: plane)
        let greatest = Float(layout.greatestSample)
        func sample(_ value: Float) -> UInt16 { value > 0 ? UInt16(min(value, greatest) + 0.5) : 0 }
        let isOfBytes = layout.sampleByteCount == 1
        bytes.withUnsafeMutableBytes { bytes in
            let row = UnsafeMutableRawBufferPointer(rebasing: bytes[place])
            if isOfBytes {
                for x in row.indices { row[x] = UInt8(truncatingIfNeeded: sample(samples[x])) }
            } else {
                for x in 0..<row.count / 2 {
                    row.storeBytes(of: sample(samples[x]).littleEndian, toByteOffset: 2 * x, as: UInt16.self)
                }
            }
        }
    }

    private func place(ofRow row: Int, ofPlane plane: Int) -> Range<Int> {
        let byteCount = layout.size(ofPlane: plane, in: size).width * layout.sampleByteCount
        let first = layout.firstByte(ofPlane: plane, in: size) + row * byteCount
        return first..<first + byteCount
    }
}
