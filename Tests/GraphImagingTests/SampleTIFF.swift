@testable import GraphImaging

/// Makes TIFFs without compression: header, samples in strips of some rows, the first directory, and values behind it.
struct SampleTIFF {
    var width: Int
    var height: Int
    var layout: PixelLayout
    /// Of all rows, those of 16 bits in the processor's order.
    var samples: [UInt8]
    var order = ByteOrder.little
    var rowsOfStrip = 7
    /// Further fields with one number each: tag, type and number.
    var numbers: [(tag: Int, type: Int, value: Int)] = []
    /// Further fields of bytes, of type 7.
    var parts: [(tag: Int, bytes: [UInt8])] = []
    /// Pixels of an inch.
    var resolution: (x: Int, y: Int)?
    /// 5 for inks.
    var photometric: Int?
    /// The size that the file claims, where it is another.
    var told: PictureSize?

    func encoded() -> [UInt8] {
        let stored =
            layout.bitDepth == 8 || order == .little
            ? samples : stride(from: 0, to: samples.count, by: 2).flatMap { [samples[$0 + 1], samples[$0]] }
        let sampleCount = samples.count / (width * height * layout.sampleByteCount)
        let stripByteCount = rowsOfStrip * width * sampleCount * layout.sampleByteCount
        let strips = stride(from: 0, to: stored.count, by: stripByteCount)
        let place = 8 + stored.count + stored.count % 2
        func number(_ value: Int, _ byteCount: Int) -> [UInt8] { order.bytes(of: value, byteCount: byteCount) }
        func several(_ values: [Int], _ byteCount: Int) -> [UInt8] { values.flatMap { number($0, byteCount) } }
        var fields: [(tag: Int, type: Int, count: Int, bytes: [UInt8])] = [
            (256, 4, 1, number(told?.width ?? width, 4)), (257, 4, 1, number(told?.height ?? height, 4)),
            (258, 3, sampleCount, several(Array(repeating: layout.bitDepth, count: sampleCount), 2)),
            (262, 3, 1, number(photometric ?? (layout.isGrey ? 1 : 2), 2)),
            (273, 4, strips.underestimatedCount, several(strips.map { 8 + $0 }, 4)), (277, 3, 1, number(sampleCount, 2)),
            (278, 4, 1, number(told?.height ?? rowsOfStrip, 4)),
            (279, 4, strips.underestimatedCount, several(strips.map { min(stripByteCount, stored.count - $0) }, 4)),
        ]
        if let resolution {
            fields.append((282, 5, 1, several([resolution.x, 1], 4)))
            fields.append((283, 5, 1, several([resolution.y, 1], 4)))
            fields.append((296, 3, 1, number(2, 2)))
        }
        if !numbers.contains(where: { $0.tag == 259 }) { fields.append((259, 3, 1, number(1, 2))) }
        fields += numbers.map { ($0.tag, $0.type, 1, number($0.value, $0.type == 3 ? 2 : 4)) }
        fields += parts.map { ($0.tag, 7, $0.bytes.count, $0.bytes) }
        fields.sort { $0.tag < $1.tag }
        var table = number(fields.count, 2), values: [UInt8] = []
        let valuePlace = place + 6 + 12 * fields.count
        for field in fields {
            table += number(field.tag, 2) + number(field.type, 2) + number(field.count, 4)
            if field.bytes.count > 4 {
                table += number(valuePlace + values.count, 4)
                values += field.bytes + [UInt8](repeating: 0, count: field.bytes.count % 2)
            } else {
                table += field.bytes + [UInt8](repeating: 0, count: 4 - field.bytes.count)
            }
        }
        let header = (order == .little ? Array("II".utf8) : Array("MM".utf8)) + number(42, 2) + number(place, 4)
        return header + stored + [UInt8](repeating: 0, count: stored.count % 2) + table + number(0, 4) + values
    }
}
