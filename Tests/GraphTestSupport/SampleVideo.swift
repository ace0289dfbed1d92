/// Raw video that tests put together by the rules of the format, not by the library's.
public enum SampleVideo {
    /// Names of layouts, and for each how many pixels of a row and how many rows share a colour difference; 0 of grey.
    public static let layouts: [(name: String, columns: Int, rows: Int)] = [
        ("420jpeg", 2, 2), ("420mpeg2", 2, 2), ("420paldv", 2, 2), ("420", 2, 2), ("411", 4, 1), ("422", 2, 1), ("444", 1, 1),
        ("444alpha", 1, 1), ("mono", 0, 0), ("420p10", 2, 2), ("422p10", 2, 1), ("444p10", 1, 1), ("mono10", 0, 0),
        ("420p9", 2, 2), ("422p12", 2, 1), ("444p14", 1, 1), ("444p16", 1, 1), ("mono16", 0, 0),
    ]

    /// Bits of a layout's samples.
    public static func bitDepth(_ name: String) -> Int {
        [9, 10, 12, 14, 16].first { name.hasSuffix("p\($0)") || name == "mono\($0)" } ?? 8
    }

    /// Sides of a layout's planes.
    public static func planes(_ name: String, width: Int, height: Int) -> [(width: Int, height: Int)] {
        let (_, columns, rows) = layouts.first { $0.name == name }!
        let pixels = (width, height)
        guard columns > 0 else { return [pixels] }
        let shared = ((width + columns - 1) / columns, (height + rows - 1) / rows)
        return [pixels, shared, shared] + (name == "444alpha" ? [pixels] : [])
    }

    /// A frame's bytes; of samples of more than 8 bits the lower one first.
    ///
    /// - Parameter sample: by plane, column and row.
    public static func frame(
        _ name: String, width: Int, height: Int, _ sample: (_ plane: Int, _ x: Int, _ y: Int) -> Int
    ) -> [UInt8] {
        var bytes: [UInt8] = []
        for (plane, size) in planes(name, width: width, height: height).enumerated() {
            for y in 0..<size.height {
                for x in 0..<size.width {
                    let value = sample(plane, x, y)
                    bytes.append(UInt8(value & 255))
                    if bitDepth(name) > 8 { bytes.append(UInt8(value >> 8)) }
                }
            }
        }
        return bytes
    }

    /// A frame of noise.
    public static func noise(_ name: String, width: Int, height: Int, seed: UInt64) -> [UInt8] {
        var generator = RepeatableGenerator(seed: seed)
        return frame(name, width: width, height: height) { _, _, _ in
            Int(generator.next() >> 32) & (1 << bitDepth(name) - 1)
        }
    }

    /// All samples of frames, or of one plane.
    public static func samples(_ name: String, _ bytes: some Collection<UInt8>) -> [Int] {
        let bytes = Array(bytes)
        guard bitDepth(name) > 8 else { return bytes.map(Int.init) }
        return stride(from: 0, to: bytes.count, by: 2).map { Int(bytes[$0]) | Int(bytes[$0 + 1]) << 8 }
    }

    /// - Parameter tags: what stands behind the signature.
    public static func video(_ tags: String, _ frames: [[UInt8]]) -> [UInt8] {
        Array("YUV4MPEG2 \(tags)\n".utf8) + frames.flatMap { Array("FRAME\n".utf8) + $0 }
    }
}
