import Foundation
import GraphTestSupport
import Testing
@testable import GraphImaging

@Suite struct JPEGReaderTests {
    @Test("Every kind is read with the pixels of djpeg", arguments: SampleJPEG.all)
    func pixels(sample: SampleJPEG) throws {
        let folder = TemporaryFolder()
        let reader = try JPEGReader(sample.bytes)
        #expect(reader.size == PictureSize(width: 21, height: 18))
        #expect(reader.layout == PixelLayout(isGrey: sample.name.lowercased().contains("grey")))
        let rows = try reader.readRows()
        #expect(digest(rows) == sample.digest)
        let isCMYK = sample.name.hasPrefix("cmyk") || sample.name == "ycck"
        #expect(reader.losses == (isCMYK ? ["CMYK becomes RGB"] : []))
        #expect(reader.metadata == PictureMetadata())

        let file = try JPEGReader(path: folder.file("sample.jpg", holding: sample.bytes))
        #expect(try file.readRows() == rows)
    }

    @Test("A pipe is read like a file")
    func pipe() throws {
        let folder = TemporaryFolder()
        let path = folder.file("pipe")
        #expect(mkfifo(path.string, 0o600) == 0)
        let bytes = SampleJPEG.progressive420.bytes
        Thread {
            let file = fopen(path.string, "wb")!
            fwrite(bytes, 1, bytes.count, file)
            fclose(file)
        }.start()
        #expect(try digest(JPEGReader(path: path).readRows()) == SampleJPEG.progressive420.digest)
    }

    @Test("What follows the picture is passed over")
    func trailingBytes() throws {
        let sample = SampleJPEG.baseline420
        #expect(try digest(JPEGReader(sample.bytes + sample.bytes + [1, 2, 3]).readRows()) == sample.digest)
    }

    @Test("A few bytes before the end mark are told, many are an error")
    func spareBytes() throws {
        func spare(_ count: Int) -> [UInt8] {
            Array(SampleJPEG.baseline420.bytes.dropLast(2)) + [UInt8](repeating: 0, count: count) + [0xFF, 0xD9]
        }
        let reader = try JPEGReader(spare(12))
        #expect(try digest(reader.readRows()) == SampleJPEG.baseline420.digest)
        #expect(reader.losses == ["some bytes after the last row are no part of the picture, which may be damaged"])
        #expect(problem { () throws(ImageError) in try JPEGReader(spare(100)) }?.contains("damaged after its last row") == true)
    }

    // MARK: What is told beside the pixels

    private static func segment(_ code: UInt8, _ name: String, _ content: [UInt8]) -> [UInt8] {
        let count = 2 + name.utf8.count + content.count
        return [0xFF, code, UInt8(count >> 8), UInt8(count & 255)] + name.utf8 + content
    }

    private static func profilePart(_ number: UInt8, of count: UInt8, _ content: [UInt8]) -> [UInt8] {
        segment(0xE2, "ICC_PROFILE\0", [number, count] + content)
    }

    /// A picture with segments behind the first bytes.
    private static func reader(_ segments: [UInt8], in sample: SampleJPEG = .grey) throws -> JPEGReader {
        try JPEGReader(sample.bytes.prefix(2) + segments + sample.bytes.dropFirst(2))
    }

    @Test func exifAndXMPAreCarriedAsTheyAre() throws {
        let reader = try Self.reader(
            Self.segment(0xE1, "Exif\0\0", SampleMetadata.exif)
                + Self.segment(0xE1, "http://ns.adobe.com/xap/1.0/\0", SampleMetadata.xmp)
                + Self.segment(0xE1, "Exif\0\0", [1, 2, 3]) + Self.segment(0xE1, "another", [4]))
        #expect(reader.metadata == PictureMetadata(exif: SampleMetadata.exif, xmp: SampleMetadata.xmp))
        #expect(reader.losses == [])
        #expect(try digest(reader.readRows()) == SampleJPEG.grey.digest)
    }

    @Test func whatIsNotCarriedIsTold() throws {
        let reader = try Self.reader(
            Self.segment(0xE1, "http://ns.adobe.com/xmp/extension/\0", [1]) + Self.segment(0xED, "Photoshop 3.0\0", [2])
                + Self.segment(0xFE, "by hand", []) + Self.segment(0xFE, "twice", []))
        #expect(reader.metadata == PictureMetadata())
        #expect(
            reader.losses == ["extended XMP is left out", "what Photoshop and IPTC tell is left out", "a comment is left out"])
    }

    /// Pictures of two lenses, and those with a map of their highlights, hold others behind the first.
    @Test(arguments: [true, false])
    func furtherPicturesAreTold(isLittleEndian: Bool) throws {
        func number(_ value: Int, _ byteCount: Int) -> [UInt8] {
            let bytes = (0..<byteCount).map { UInt8(value >> (8 * $0) & 0xFF) }
            return isLittleEndian ? bytes : bytes.reversed()
        }
        func index(_ kinds: [Int]) -> [UInt8] {
            Array((isLittleEndian ? "II" : "MM").utf8) + number(42, 2) + number(8, 4) + number(2, 2)
                + number(0xB001, 2) + number(4, 2) + number(1, 4) + number(kinds.count, 4)
                + number(0xB002, 2) + number(7, 2) + number(16 * kinds.count, 4) + number(38, 4) + number(0, 4)
                + kinds.flatMap { number($0, 4) + [UInt8](repeating: 0, count: 12) }
        }
        let views = index([0x2003_0000, 0x02_0002])
        for count in views.indices { _ = try Self.reader(Self.segment(0xE2, "MPF\0", Array(views[..<count]))).losses }
        let reader = try Self.reader(Self.segment(0xE2, "MPF\0", views))
        #expect(reader.losses == ["the file holds 2 pictures, of which only the first is read"])
        // A preview of the first picture is lost with nothing.
        #expect(try Self.reader(Self.segment(0xE2, "MPF\0", index([0x2003_0000, 0x01_0001]))).losses == [])
    }

    @Test func partsOfAProfileStandInAnyOrder() throws {
        let reader = try Self.reader(
            Self.profilePart(3, of: 3, [7, 8]) + Self.profilePart(1, of: 3, [1, 2, 3]) + Self.profilePart(2, of: 3, [4, 5, 6]))
        #expect(reader.metadata.iccProfile == [1, 2, 3, 4, 5, 6, 7, 8])
        #expect(reader.losses == [])
    }

    @Test(arguments: [
        profilePart(1, of: 2, [1]), profilePart(1, of: 2, [1]) + profilePart(1, of: 2, [1]), profilePart(0, of: 1, [1]),
        profilePart(1, of: 1, []), profilePart(1, of: 2, [1]) + profilePart(2, of: 3, [2]), segment(0xE2, "ICC_PROFILE\0", []),
    ])
    func partsOfAProfileThatDoNotFitAreLeftOut(segments: [UInt8]) throws {
        let reader = try Self.reader(segments)
        #expect(reader.metadata.iccProfile == nil)
        #expect(reader.losses == ["the colour profile is incomplete and left out"])
    }

    @Test func theProfileOfCMYKGoesWithIt() throws {
        let reader = try Self.reader(Self.profilePart(1, of: 1, [1]), in: .cmyk)
        #expect(reader.metadata.iccProfile == nil)
        #expect(reader.losses == ["CMYK becomes RGB", "the colour profile is of CMYK and left out"])
    }

    @Test func resolution() throws {
        func resolution(_ unit: UInt8, _ x: UInt8, _ y: UInt8) throws -> PictureMetadata.Resolution? {
            var bytes = SampleJPEG.grey.bytes
            // Behind the mark, the length, `JFIF\0` and the version.
            bytes.replaceSubrange(13..<18, with: [unit, 0, x, 0, y])
            return try JPEGReader(bytes).metadata.resolution
        }
        #expect(try resolution(1, 72, 96) == .init(x: 72, y: 96, unit: .inch))
        #expect(try resolution(2, 30, 30) == .init(x: 30, y: 30, unit: .centimetre))
        #expect(try resolution(0, 2, 1) == .init(x: 2, y: 1, unit: .none))
        #expect(try resolution(0, 1, 1) == nil)
        #expect(try resolution(1, 0, 72) == nil)
        #expect(try resolution(9, 72, 72) == nil)
    }

    // MARK: Photographs

    @Test("Photographs are read without a word", .enabled(if: SharedData.has("photos2")))
    func photographs() throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: SharedData.path("photos2").string).sorted()
        for name in names.filter({ $0.hasSuffix(".jpg") }).prefix(12) {
            let reader = try JPEGReader(path: SharedData.path("photos2/" + name))
            #expect(try reader.readRows().count == reader.width * reader.height * reader.layout.byteCount, "\(name)")
        }
    }
}
