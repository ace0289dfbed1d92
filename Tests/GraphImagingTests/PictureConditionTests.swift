import Testing

@testable import GraphImaging

@Suite struct PictureConditionTests {
    private let picture = Picture(syntheticWidth: 24, height: 16, seed: 2)

    private func condition(_ format: PictureFormat, _ quality: PictureEncoding.Quality? = nil, make: String? = nil) throws
        -> PictureCondition
    {
        let field = make.map { SampleExif.Field(0x010F, .text($0)) } ?? SampleExif.Field(0x0112, .short(1))
        let metadata = PictureMetadata(exif: SampleExif(main: [field]).encoded())
        let writer = try PictureEncoding(format, quality: quality).writer(
            to: .memory, size: picture.size, layout: PixelLayout(), metadata: metadata)
        try picture.write(to: writer)
        return try PictureSource(writer.bytes).condition()
    }

    @Test func whatLosesSomethingIsDegraded() throws {
        #expect(try condition(.png) == .clean)
        #expect(try condition(.jpeg) == .degraded)
        #expect(try condition(.webp, .level(80)) == .degraded)
        #expect(try condition(.webp, .lossless) == .clean)
    }

    @Test func whatACameraTookIsDegradedInAnyFormat() throws {
        #expect(try condition(.png, make: "Maker") == .degraded)
        #expect(try condition(.webp, .lossless, make: "Maker") == .degraded)
        // A name of nothing but the zero behind it is none.
        #expect(try condition(.png, make: "") == .clean)
    }

    @Test func whatIsNoPictureIsRefused() throws {
        #expect(throws: ImageError.self) { try PictureSource([1, 2, 3]).condition() }
    }
}
