import Foundation
import GraphTestSupport
import Testing
@testable import GraphImaging

@Suite struct WebPTests {
    static let layouts = [false, true].flatMap { isGrey in
        [false, true].map { PixelLayout(isGrey: isGrey, hasAlpha: $0) }
    }

    /// Samples of all kinds, transparent pixels with colours among them.
    private static func samples(_ layout: PixelLayout, _ width: Int, _ height: Int) -> [UInt8] {
        (0..<width * height).flatMap { (pixel: Int) -> [UInt8] in
            (0..<layout.sampleCount).map { (sample: Int) -> UInt8 in
                UInt8(truncatingIfNeeded: pixel * (37 + 20 * sample) + pixel / width * 5)
            }
        }
    }

    /// RGB, and alpha where it is there.
    private static func colours(of samples: [UInt8], _ layout: PixelLayout) -> [UInt8] {
        guard layout.isGrey else { return samples }
        return stride(from: 0, to: samples.count, by: layout.sampleCount).flatMap { (first: Int) -> [UInt8] in
            let grey = samples[first]
            return layout.hasAlpha ? [grey, grey, grey, samples[first + 1]] : [grey, grey, grey]
        }
    }

    private static func bytes(
        _ picture: Picture, metadata: PictureMetadata = PictureMetadata(), _ compression: WebPWriter.Compression = .lossless
    ) throws -> [UInt8] {
        let writer = try WebPWriter(
            to: .memory, width: picture.width, height: picture.height, metadata: metadata, compression: compression)
        try writer.write(picture.pixels)
        return writer.bytes
    }

    // MARK: Pixels

    @Test("What is written without loss is read back", arguments: layouts, [(1, 1), (7, 3), (64, 50)])
    func lossless(layout: PixelLayout, size: (width: Int, height: Int)) throws {
        let samples = Self.samples(layout, size.width, size.height)
        let writer = try WebPWriter(to: .memory, width: size.width, height: size.height, layout: layout, compression: .lossless)
        try writer.write(samples)
        let reader = try WebPReader(writer.bytes)
        // One pixel of this sample is transparent, so that alpha is there.
        #expect(reader.layout == PixelLayout(hasAlpha: layout.hasAlpha))
        #expect(reader.size == PictureSize(width: size.width, height: size.height))
        #expect(try reader.readRows() == Self.colours(of: samples, layout))
        #expect(reader.losses == [] && writer.losses == [])
    }

    @Test("Better quality is nearer to the picture")
    func quality() throws {
        let picture = Picture(syntheticWidth: 150, height: 101, seed: 5)
        var last = (ratio: 0.0, count: 0)
        for (quality, least) in [(30, 22.0), (75, 25), (100, 30)] {
            let bytes = try Self.bytes(picture, .lossy(quality: quality))
            let ratio = try WebPReader(bytes).readPicture().psnr(against: picture, on: .luma, border: 0)
            #expect(ratio > least && ratio > last.ratio && bytes.count > last.count, "quality \(quality): \(ratio) dB")
            last = (ratio, bytes.count)
        }
    }

    @Test("Alpha stays exact beside lossy colours")
    func lossyAlpha() throws {
        let layout = PixelLayout(hasAlpha: true)
        let samples = Self.samples(layout, 64, 50)
        let writer = try WebPWriter(to: .memory, width: 64, height: 50, layout: layout)
        try writer.write(samples)
        let reader = try WebPReader(writer.bytes)
        let rows = try reader.readRows()
        #expect(reader.layout == layout)
        #expect(stride(from: 3, to: rows.count, by: 4).allSatisfy { rows[$0] == samples[$0] })
    }

    @Test("A lossy file has the pixels of dwebp")
    func lossyPixels() throws {
        let reader = try WebPReader(SampleWebP.lossy)
        #expect(reader.size == PictureSize(width: 16, height: 12))
        #expect(try digest(reader.readRows()) == SampleWebP.lossyDigest)
    }

    @Test func aFileHasTheSameBytesAsMemory() throws {
        let folder = TemporaryFolder()
        let picture = Picture(syntheticWidth: 60, height: 50, seed: 2)
        let path = folder.file("out.webp")
        try WebPWriter(to: .file(path), width: 60, height: 50, compression: .lossless).write(picture.pixels)
        #expect(try fileBytes(path) == Self.bytes(picture))
        #expect(folder.names == ["out.webp"])
        let reader = try WebPReader(path: path)
        #expect(reader.path == path)
        #expect(try reader.readPicture() == picture)
    }

    @Test("Of an animation the first frame is read, in its place")
    func animation() throws {
        let reader = try WebPReader(SampleWebP.animation)
        #expect(reader.losses == ["the file holds 3 pictures, of which only the first is read"])
        #expect(reader.layout == PixelLayout(hasAlpha: true))
        #expect(reader.size == PictureSize(width: 16, height: 12))
        let expected = (0..<16 * 12).flatMap { pixel -> [UInt8] in
            let (x, y) = (pixel % 16 - 4, pixel / 16 - 2)
            return 0..<8 ~= x && 0..<6 ~= y ? [UInt8(x * 30), UInt8(y * 40), 99, 255] : [0, 0, 0, 0]
        }
        #expect(try reader.readRows() == expected)
    }

    @Test("Pictures of a set are read", .enabled(if: SharedData.has("gb82")))
    func photographs() throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: SharedData.path("gb82").string).sorted()
        for name in names.filter({ $0.hasSuffix(".webp") }).prefix(4) {
            let reader = try WebPReader(path: SharedData.path("gb82/" + name))
            #expect(try reader.readRows().count == reader.width * reader.height * reader.layout.byteCount, "\(name)")
        }
    }

    // MARK: What is told beside the pixels

    @Test("What is told comes back byte for byte", arguments: [.lossless, .lossy(quality: 80)] as [WebPWriter.Compression])
    func metadata(compression: WebPWriter.Compression) throws {
        let picture = Picture(syntheticWidth: 9, height: 9, seed: 1)
        var metadata = PictureMetadata(
            iccProfile: SampleMetadata.profile(3145), exif: SampleMetadata.exif, xmp: SampleMetadata.xmp)
        let reader = try WebPReader(Self.bytes(picture, metadata: metadata, compression))
        #expect(reader.metadata == metadata)
        #expect(reader.metadata.exif?[18] == 6, "the orientation")
        metadata.exif = Array("Exif\0\0".utf8) + SampleMetadata.exif
        #expect(try WebPReader(Self.bytes(picture, metadata: metadata)).metadata.exif == SampleMetadata.exif)
    }

    @Test func emptyMetadataAreLeftOut() throws {
        let picture = Picture(syntheticWidth: 9, height: 9, seed: 1)
        let metadata = PictureMetadata(iccProfile: [], exif: [], xmp: [])
        #expect(try Self.bytes(picture, metadata: metadata) == Self.bytes(picture))
    }

    @Test func whatWebPCannotHoldIsTold() throws {
        let metadata = PictureMetadata(
            texts: [PNGChunk(type: "tEXt", data: [])], resolution: .init(x: 72, y: 72, unit: .inch))
        #expect(
            try WebPWriter(to: .memory, width: 1, height: 1, metadata: metadata).losses
                == ["a text is left out", "the resolution is left out"])
    }

    // MARK: Failures

    private func problem(of bytes: [UInt8]) -> String? {
        GraphImagingTests.problem { () throws(ImageError) in try WebPReader(bytes) }
    }

    @Test func otherFiles() {
        #expect(problem(of: []) == "the file is empty")
        #expect(problem(of: Array("RIFF".utf8)) == "the file is cut short in its signature")
        #expect(problem(of: [0xFF, 0xD8, 0xFF, 0xE0, 0, 0, 0, 0]) == "is a JPEG file; convert it to WebP")
        #expect(problem(of: Array("RIFF1234WAVEfmt ".utf8)) == "is a sound, not a WebP file")
        #expect(problem(of: Array("RIFF\u{4}\0\0\0WEBP".utf8))?.contains("damaged in its header") == true)
        #expect(problem(of: Array("RIFF~~~~WEBPVP8 ".utf8)) == "the file is cut short after 16 of 2122219142 bytes")
    }

    @Test("No prefix of a file is read as a picture", arguments: [SampleWebP.lossy, SampleWebP.animation])
    func everyPrefix(bytes: [UInt8]) {
        for count in bytes.indices {
            let problem = problem(of: Array(bytes.prefix(count)))
            #expect(count == 0 || problem?.hasPrefix("the file is cut short ") == true, "\(count) bytes")
        }
        #expect(problem(of: bytes) == nil)
    }

    @Test("No changed byte stops the program", arguments: [SampleWebP.lossy, SampleWebP.animation])
    func everyByte(bytes: [UInt8]) {
        for place in bytes.indices {
            for change in [0x01, 0x10, 0x80, 0xFF] as [UInt8] {
                var changed = bytes
                changed[place] ^= change
                #expect(problem(of: changed)?.hasPrefix("unclear") != true, "byte \(place)")
            }
        }
    }

    @Test("Data that end before the picture does are told with their place")
    func dataEndEarly() throws {
        let bytes = try Self.bytes(Picture(syntheticWidth: 200, height: 200, seed: 1), .lossy(quality: 90))
        // The container is made whole again around half of the data.
        var cut = Array(bytes.prefix(bytes.count / 2 & ~1))
        for (place, count) in [(4, cut.count - 8), (16, cut.count - 20)] {
            cut.replaceSubrange(place..<place + 4, with: (0..<4).map { UInt8(truncatingIfNeeded: count >> (8 * $0)) })
        }
        #expect(problem(of: cut)?.wholeMatch(of: /the file is damaged .*(its data .*); copy or export it again/) != nil)
    }

    @Test func sides() {
        #expect(
            errorText { _ = try WebPWriter(to: .memory, width: 10, height: 16384) }
                == "10×16384 pixels are too many for WebP: the longest side is 16383; write a PNG")
        // Lossless, 16,383 pixels in each direction.
        let header: [UInt8] = [0x2F, 0xFE, 0xBF, 0xFF, 0x0F, 0, 0, 0]
        let bytes = Array("RIFF\u{14}\0\0\0WEBPVP8L\u{8}\0\0\0".utf8) + header
        #expect(problem(of: bytes) == "16383×16383 pixels are too many to hold in memory; cut it into parts")
    }

    @Test("A picture that is not finished leaves the old file as it was")
    func unfinished() throws {
        let folder = TemporaryFolder()
        let path = folder.file("out.webp", holding: [1, 2, 3])
        do {
            let writer = try WebPWriter(to: .file(path), width: 2, height: 2)
            try writer.writeRow([UInt8](repeating: 9, count: 6))
            #expect(folder.names.count == 2)
        }
        #expect(folder.names == ["out.webp"] && fileBytes(path) == [1, 2, 3])
    }

    @Test func fullDisk() throws {
        let writer = try WebPWriter(to: .file("/dev/full"), width: 100, height: 100)
        let text = errorText { try writer.write(Picture(syntheticWidth: 100, height: 100, seed: 1).pixels) }
        #expect(text.contains("No space left on device"), "\(text)")
    }
}

/// WebPs by libwebp 1.2.4, 16 × 12 pixels.
private enum SampleWebP {
    /// Saved by Pillow with quality 80.
    static let lossy = decoded(
        """
        UklGRlIAAABXRUJQVlA4IEYAAACwAQCdASoQAAwAAUAmJbACdAEOtXEwAP7+eRXlz61FXXsKM12zo7h0Jlx49OebfP/deuf/9LDfu///n43//DC/
        ZhYMAAAA
        """)
    /// `digest` of its rows as `dwebp -ppm` writes them.
    static let lossyDigest: UInt64 = 0xE472_4F0C_9887_95E3
    /// Three lossless frames by `webpmux -frame`; the first has 8 × 6 pixels and lies at (4, 2).
    static let animation = decoded(
        """
        UklGRt4AAABXRUJQVlA4WAoAAAACAAAADwAACwAAQU5JTQYAAAD/////AABBTk1GNgAAAAIAAAEAAAcAAAUAAGQAAABWUDhMHgAAAC8HQAEAuYzo
        f+wiov8BIQFhjv8bJQvGY8ZiApBaNkFOTUY2AAAAAAAAAAAADwAACwAAZAAAAFZQOEweAAAALw/AAgC5jOh/7CKi/wEhAWGE/3c1eSAGISYAuOou
        QU5NRjYAAAAAAAAAAAAHAAAFAABkAAAAVlA4TB4AAAAvB0ABALmM6H/sIqL/ASEBYY7/GyULxmPGYgKQWjY=
        """)

    private static func decoded(_ base64: String) -> [UInt8] {
        Array(Data(base64Encoded: base64, options: .ignoreUnknownCharacters)!)
    }
}
