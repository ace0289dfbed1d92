import Foundation
import GraphTestSupport
import Testing
@testable import GraphImaging

@Suite struct JPEGWriterTests {
    private func bytes(
        _ picture: Picture, metadata: PictureMetadata = PictureMetadata(), quality: Int = JPEGWriter.usualQuality
    ) throws -> [UInt8] {
        let writer = try JPEGWriter(
            to: .memory, width: picture.width, height: picture.height, metadata: metadata, quality: quality)
        try writer.write(picture.pixels)
        return writer.bytes
    }

    @Test("Better quality is nearer to the picture and takes more bytes")
    func quality() throws {
        let picture = Picture(syntheticWidth: 150, height: 101, seed: 5)
        var last = (ratio: 0.0, count: 0)
        for (quality, least) in [(30, 24.0), (75, 28), (95, 37), (100, 45)] {
            let bytes = try bytes(picture, quality: quality)
            let ratio = try JPEGReader(bytes).readPicture().psnr(against: picture, on: .rgb, border: 0)
            #expect(ratio > least && ratio > last.ratio && bytes.count > last.count, "quality \(quality): \(ratio) dB")
            last = (ratio, bytes.count)
        }
        #expect(try bytes(picture) == bytes(picture, quality: 95))
    }

    @Test("Any size is written and read", arguments: [(1, 1), (7, 3), (16, 16), (17, 1), (1, 33)])
    func sizes(width: Int, height: Int) throws {
        let picture = Picture(width: width, height: height, pixels: [UInt8](repeating: 77, count: 3 * width * height))
        #expect(try JPEGReader(bytes(picture)).readPicture() == picture)
    }

    @Test func greyStaysGrey() throws {
        let samples: [UInt8] = (0..<40 * 30).map { (pixel: Int) -> UInt8 in UInt8(pixel % 40 * 3 + pixel / 40 * 4) }
        let writer = try JPEGWriter(to: .memory, width: 40, height: 30, layout: PixelLayout(isGrey: true))
        try writer.write(samples)
        let reader = try JPEGReader(writer.bytes)
        #expect(reader.layout == PixelLayout(isGrey: true))
        let differences = try zip(reader.readRows(), samples).map { abs(Int($0) - Int($1)) }
        #expect(differences.max()! <= 4)
    }

    @Test("Colours are as fine as lightness")
    func colours() throws {
        let pixels = (0..<32 * 32).flatMap { $0 % 2 == 0 ? [255, 0, 0] : [0, 0, 255] as [UInt8] }
        let picture = Picture(width: 32, height: 32, pixels: pixels)
        #expect(try JPEGReader(bytes(picture)).readPicture().psnr(against: picture, on: .rgb, border: 0) > 35)
    }

    @Test func aFileHasTheSameBytesAsMemory() throws {
        let folder = TemporaryFolder()
        let picture = Picture(syntheticWidth: 60, height: 50, seed: 2)
        let path = folder.file("out.jpg")
        try JPEGWriter(to: .file(path), width: 60, height: 50).write(picture.pixels)
        #expect(try fileBytes(path) == bytes(picture))
        #expect(folder.names == ["out.jpg"])
    }

    // MARK: What is told beside the pixels

    @Test("What is told comes back byte for byte", arguments: [1, 65519, 65520, 200_000])
    func metadata(profileByteCount: Int) throws {
        let metadata = PictureMetadata(
            iccProfile: SampleMetadata.profile(profileByteCount), exif: SampleMetadata.exif, xmp: SampleMetadata.xmp,
            resolution: .init(x: 300, y: 150, unit: .inch))
        let reader = try JPEGReader(bytes(Picture(syntheticWidth: 9, height: 9, seed: 1), metadata: metadata))
        #expect(reader.metadata == metadata)
        #expect(reader.losses == [])
        #expect(reader.metadata.exif?[18] == 6, "the orientation")
    }

    @Test func resolutionOfMetresBecomesInches() throws {
        let metadata = PictureMetadata(resolution: .init(x: 2835, y: 11811, unit: .metre))
        let reader = try JPEGReader(bytes(Picture(syntheticWidth: 9, height: 9, seed: 1), metadata: metadata))
        #expect(reader.metadata.resolution == .init(x: 72, y: 300, unit: .inch))
    }

    @Test func whatJPEGCannotHoldIsTold() throws {
        func losses(_ metadata: PictureMetadata) throws -> [String] {
            try JPEGWriter(to: .memory, width: 1, height: 1, metadata: metadata).losses
        }
        var colour = PictureMetadata.ColourTags()
        colour.mastering = [UInt8](repeating: 0, count: 24)
        #expect(
            try losses(PictureMetadata(colour: colour)) == [
                "the chunks mDCV and cLLI, of the display that the picture was made on, are left out"
            ])
        #expect(
            try losses(PictureMetadata(iccProfile: [1])) == ["the ICC profile is damaged, and is left out"])
        #expect(try losses(PictureMetadata(texts: [PNGChunk(type: "tEXt", data: [])])) == ["a text is left out"])
        #expect(
            try losses(PictureMetadata(exif: SampleMetadata.profile(65528), xmp: SampleMetadata.profile(65505))) == [
                "EXIF of 65528 bytes is left out: JPEG holds at most 65527",
                "XMP of 65505 bytes is left out: JPEG holds at most 65504",
            ])
        #expect(try losses(PictureMetadata(exif: SampleMetadata.profile(65527), xmp: SampleMetadata.profile(65504))) == [])
        #expect(
            try losses(PictureMetadata(iccProfile: SampleMetadata.profile(255 * 65519 + 1)))
                == ["a colour profile of 16707346 bytes is left out: JPEG holds at most 16707345"])
        #expect(
            try losses(PictureMetadata(resolution: .init(x: 1e9, y: 1, unit: .none))) == ["the resolution is left out"])
    }

    // MARK: Failures

    @Test func sides() {
        func problem(_ width: Int, _ height: Int) -> String? {
            do throws(ImageError) {
                _ = try JPEGWriter(to: .file("/nowhere/out.jpg"), width: width, height: height)
                return nil
            } catch {
                return error.description
            }
        }
        #expect(
            problem(65536, 10)
                == "/nowhere/out.jpg: 65536×10 pixels are too many for JPEG: the longest side is 65500; write a PNG")
        #expect(problem(65500, 10)?.contains("there is no folder '/nowhere'") == true)
    }

    @Test("A picture that is not finished leaves the old file as it was")
    func unfinished() throws {
        let folder = TemporaryFolder()
        let path = folder.file("out.jpg", holding: [1, 2, 3])
        do {
            let writer = try JPEGWriter(to: .file(path), width: 2, height: 2)
            try writer.writeRow([UInt8](repeating: 9, count: 6))
            #expect(folder.names.count == 2)
        }
        #expect(folder.names == ["out.jpg"] && fileBytes(path) == [1, 2, 3])
    }

    @Test("After a failed write every further call fails the same way")
    func fullDisk() throws {
        let writer = try JPEGWriter(to: .file("/dev/full"), width: 100, height: 4000, quality: 100)
        var random = SeededRandom(seed: 1)
        var errors: [ImageError] = []
        for _ in 0..<4000 where errors.count < 3 {
            let row = (0..<300).map { _ in UInt8.random(in: 0...255, using: &random) }
            do throws(ImageError) {
                try writer.writeRow(row)
            } catch {
                errors.append(error)
            }
        }
        #expect(errors.count == 3 && Set(errors).count == 1)
        #expect(errors.first?.problem.contains("No space left on device") == true)
    }
}
