import GraphImaging
import GraphModel
import Testing

@testable import GraphEnlarging

/// What a phone makes of a picture that is taken upright: a JPEG that lies on its side, in colours wider than sRGB.
struct PhonePhotographTests {
    private let stored = Picture(syntheticWidth: 60, height: 40, seed: 11)

    /// Little-endian TIFF: maker and orientation, and in Exif's own directory the width and the height.
    private let exif: [UInt8] = {
        func number(_ value: Int, _ byteCount: Int) -> [UInt8] { (0..<byteCount).map { UInt8(value >> (8 * $0) & 255) } }
        func field(_ tag: Int, _ type: Int, _ count: Int, _ value: [UInt8]) -> [UInt8] {
            number(tag, 2) + number(type, 2) + number(count, 4) + value + [UInt8](repeating: 0, count: 4 - value.count)
        }
        let main = number(3, 2) + field(0x010F, 2, 4, Array("Tel\0".utf8)) + field(0x0112, 3, 1, number(6, 2))
        let place = 8 + main.count + 12 + 4
        let own = number(2, 2) + field(0xA002, 4, 1, number(60, 4)) + field(0xA003, 4, 1, number(40, 4)) + number(0, 4)
        return Array("II".utf8) + number(42, 2) + number(8, 4) + main + field(0x8769, 4, 1, number(place, 4)) + number(0, 4) + own
    }()

    /// A profile of Display P3, as a matrix and a curve.
    private func displayP3() throws -> [UInt8] {
        var tags = PictureMetadata.ColourTags()
        // ITU-T H.273: its primaries, and the curve of sRGB.
        tags.codePoints = [12, 13, 0, 1]
        return try #require(tags.iccProfile(for: .rgb8).profile)
    }

    @Test func itComesOutUprightWithItsColoursAndItsExif() throws {
        let profile = try displayP3()
        let writer = try PictureEncoding(.jpeg, quality: .level(100))
            .writer(
                to: .memory, size: stored.size, layout: .rgb8, metadata: PictureMetadata(iccProfile: profile, exif: exif))
        try stored.pixels.withUnsafeBytes { pixels in
            for y in 0..<40 { try writer.writeRow(UnsafeRawBufferPointer(rebasing: pixels[180 * y..<180 * (y + 1)])) }
        }
        try writer.finish()

        let enlarger = try PictureEnlarger(Model(source: SmallModels.same), threadCount: 1)
        let result = try enlarger.enlarge(PictureSource(writer.bytes), to: .memory)
        #expect(result.report.losses == [])
        let source = try PictureSource(result.bytes)
        #expect(source.format == .jpeg)
        let reader = try source.reader()
        #expect(reader.size == PictureSize(width: 80, height: 120))
        #expect(reader.metadata.orientation == .topLeft)
        #expect(reader.metadata.iccProfile == profile)
        // As it was, but for the orientation and the sizes.
        var expected = exif
        expected[8 + 2 + 12 + 8] = 1
        let sizes = expected.count - 4 - 12 - 4
        expected[sizes] = 80
        expected[sizes + 12] = 120
        #expect(reader.metadata.exif == expected)
        // Its samples are those of the photograph, of which nothing is converted.
        let upright = try Picture(file: writer.bytes)
        let large = try Picture(file: result.bytes)
        #expect(upright.size == PictureSize(width: 40, height: 60))
        #expect(try upright.psnr(against: stored.rotated(quarterRotations: 1), on: .rgb, border: 0) > 40)
        var differences = 0
        for y in 0..<120 {
            for x in 0..<80 {
                let (new, old) = (large[x, y], upright[x / 2, y / 2])
                differences +=
                    abs(Int(new.red) - Int(old.red)) + abs(Int(new.green) - Int(old.green)) + abs(Int(new.blue) - Int(old.blue))
            }
        }
        #expect(Double(differences) / (3 * 80 * 120) < 2)
    }
}
