/// Makes Exif blocks in both byte orders: header, the directories one after the other, each with its values behind it, the
/// thumbnail, and what lies behind that.
struct SampleExif {
    enum Value {
        case short(Int), long(Int), rational(Int, Int)
        /// Of type 2, a text, or 7, for its maker alone.
        case text(String), undefined([UInt8])
    }

    struct Field {
        var tag: Int
        var value: Value

        init(_ tag: Int, _ value: Value) {
            self.tag = tag
            self.value = value
        }
    }

    var isBigEndian = false
    var main: [Field] = []
    var exif: [Field]?
    var gps: [Field]?
    /// The thumbnail's directory but for the place and length of its pixels.
    var thumbnail: [Field]?
    var thumbnailPixels: [UInt8] = []
    var tail: [UInt8] = []

    func encoded() -> [UInt8] {
        let header = number(isBigEndian ? 0x4D4D : 0x4949, 2) + number(42, 2) + number(8, 4)
        let mainCount = main.count + (exif == nil ? 0 : 1) + (gps == nil ? 0 : 1)
        let exifPlace = 8 + byteCount(main, fieldCount: mainCount)
        let gpsPlace = exifPlace + (exif.map { byteCount($0, fieldCount: $0.count) } ?? 0)
        let thumbnailPlace = gpsPlace + (gps.map { byteCount($0, fieldCount: $0.count) } ?? 0)
        var fields = main
        if exif != nil { fields.append(Field(0x8769, .long(exifPlace))) }
        if gps != nil { fields.append(Field(0x8825, .long(gpsPlace))) }
        var bytes = header + directory(fields, at: 8, next: thumbnail == nil ? 0 : thumbnailPlace)
        if let exif { bytes += directory(exif, at: exifPlace, next: 0) }
        if let gps { bytes += directory(gps, at: gpsPlace, next: 0) }
        if let thumbnail {
            let pixelPlace = thumbnailPlace + byteCount(thumbnail, fieldCount: thumbnail.count + 2)
            let pixels = [Field(0x0201, .long(pixelPlace)), Field(0x0202, .long(thumbnailPixels.count))]
            bytes += directory(thumbnail + pixels, at: thumbnailPlace, next: 0)
        }
        return bytes + thumbnailPixels + tail
    }

    private func number(_ value: Int, _ byteCount: Int) -> [UInt8] {
        let bytes = (0..<byteCount).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
        return isBigEndian ? bytes.reversed() : bytes
    }

    /// Type, count and bytes.
    private func parts(_ value: Value) -> (type: Int, count: Int, bytes: [UInt8]) {
        switch value {
        case .short(let value): (3, 1, number(value, 2))
        case .long(let value): (4, 1, number(value, 4))
        case .rational(let numerator, let denominator): (5, 1, number(numerator, 4) + number(denominator, 4))
        case .text(let text): (2, text.utf8.count + 1, text.utf8 + [0])
        case .undefined(let bytes): (7, bytes.count, bytes)
        }
    }

    private func byteCount(_ fields: [Field], fieldCount: Int) -> Int {
        6 + 12 * fieldCount + fields.map { parts($0.value).bytes.count }.filter { $0 > 4 }.reduce(0, +)
    }

    private func directory(_ fields: [Field], at place: Int, next: Int) -> [UInt8] {
        var table = number(fields.count, 2), values: [UInt8] = []
        let valuePlace = place + 6 + 12 * fields.count
        for field in fields {
            let (type, count, bytes) = parts(field.value)
            table += number(field.tag, 2) + number(type, 2) + number(count, 4)
            if bytes.count > 4 {
                table += number(valuePlace + values.count, 4)
                values += bytes
            } else {
                table += bytes + [UInt8](repeating: 0, count: 4 - bytes.count)
            }
        }
        return table + number(next, 4) + values
    }
}

extension SampleExif {
    /// As a camera that was held on its side writes it.
    static func camera(isBigEndian: Bool) -> SampleExif {
        SampleExif(
            isBigEndian: isBigEndian,
            main: [
                Field(0x0100, .long(400)), Field(0x0101, .short(300)), Field(0x010F, .text("Maker of cameras")),
                Field(0x0112, .short(6)), Field(0x011A, .rational(72, 1)), Field(0x011B, .rational(300, 7)),
                Field(0x0128, .short(2)),
            ],
            exif: [
                Field(0x9003, .text("2024:05:06 07:08:09")), Field(0x927C, .undefined((0..<50).map { $0 * 5 })),
                Field(0xA002, .short(400)), Field(0xA003, .long(300)),
                Field(0xA20E, .rational(1000, 3)), Field(0xA20F, .rational(2000, 3)),
            ],
            gps: [Field(0x0002, .rational(48, 1)), Field(0x001D, .text("2024:05:06"))],
            thumbnail: [Field(0x0103, .short(6)), Field(0x011A, .rational(72, 1))],
            thumbnailPixels: [0xFF, 0xD8] + [UInt8](repeating: 0x55, count: 40) + [0xFF, 0xD9])
    }

    /// What must come of ``camera(isBigEndian:)`` when it is made 900×1200 pixels, three times as large.
    static func enlargedCamera(isBigEndian: Bool) -> SampleExif {
        var sample = camera(isBigEndian: isBigEndian)
        sample.main[0].value = .long(900)
        sample.main[1].value = .short(1200)
        sample.main[3].value = .short(1)
        // The sides are swapped, and the resolutions with them.
        sample.main[4].value = .rational(900, 7)
        sample.main[5].value = .rational(216, 1)
        sample.exif?[2].value = .short(900)
        sample.exif?[3].value = .long(1200)
        sample.exif?[4].value = .rational(6000, 3)
        sample.exif?[5].value = .rational(3000, 3)
        sample.thumbnail = nil
        sample.thumbnailPixels = []
        return sample
    }
}
