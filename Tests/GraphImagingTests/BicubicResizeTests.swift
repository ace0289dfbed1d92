import Testing
@testable import GraphImaging

@Suite struct BicubicResizeTests {
    @Test(arguments: [
        ("2", 2, 1), ("0.5", 1, 2), (".25", 1, 4), ("1/4", 1, 4), ("2.", 2, 1), ("2.5/3", 5, 6), ("6/4", 3, 2), ("1.10", 11, 10),
        ("1048576", 1 << 20, 1), ("1/1048576", 1, 1 << 20), ("999999999/999999999", 1, 1),
    ])
    func factorsAreRead(_ text: String, _ numerator: Int, _ denominator: Int) throws {
        let factor = try #require(ResizeFactor(text))
        #expect((factor.numerator, factor.denominator) == (numerator, denominator))
        #expect(ResizeFactor("\(factor)") == factor)
    }

    @Test(arguments: [
        "", "0", "-1", "1/0", "0/3", "a", "1e3", "1//2", "1/2/3", "1.2.3", ".", "½", "٣", "2 ", "1048577", "1/1048577", "inf",
        "12345678901234567890", "0.0000000001",
    ])
    func otherTextsAreNoFactors(_ text: String) { #expect(ResizeFactor(text) == nil) }

    @Test func sidesAreRoundedUpExactly() throws {
        // In floating point 49 · (1/49) is below 1, and 3 · 1.1 above 3.3.
        #expect(try #require(ResizeFactor(1, over: 49)).side(of: 49) == 1)
        #expect(try #require(ResizeFactor(11, over: 10)).side(of: 30) == 33)
        #expect(try #require(ResizeFactor(1, over: 3)).side(of: 64) == 22)
        #expect(try #require(ResizeFactor("999999999/999999998")).side(of: 1 << 20) == 1 << 20 + 1)
    }

    @Test(arguments: [2, 3, 4, 5])
    func wholeFactorsGiveTheBitsOfBenchmarks(scale: Int) throws {
        let picture = noise(13, 22)
        #expect(
            try picture.bicubicResize(by: #require(ResizeFactor(1, over: scale))) == picture.bicubicReduction(scale: scale))
        #expect(try picture.bicubicResize(by: #require(ResizeFactor(scale))) == picture.bicubicEnlargement(scale: scale))
    }

    @Test("The definition gives the same, up to halves rounded otherwise", arguments: ["3/2", "2/3", "0.3", "1.25", "7/5"])
    func definition(_ text: String) throws {
        let factor = try #require(ResizeFactor(text))
        for picture in [noise(20, 30), noise(31, 10), noise(1, 40)] {
            let resized = try picture.bicubicResize(by: factor)
            for channel in [Plane.Channel.red, .green, .blue] {
                let expected = ReferenceBicubic.resampled(
                    Plane(channel, of: picture, border: 0), scale: factor.value, rounding: ReferenceBicubic.wholeSample)
                #expect((resized.width, resized.height) == (expected.width, expected.height))
                let errors = zip(Plane(channel, of: resized, border: 0).samples, expected.samples).map { abs($0 - $1) }
                #expect(errors.max()! <= 1)
                #expect(errors.count { $0 > 0 } * 50 <= errors.count)
            }
        }
    }

    @Test func sidesByThemselves() throws {
        let picture = noise(40, 30)
        #expect(try picture.bicubicResize(width: 20, height: nil) == picture.bicubicReduction(scale: 2))
        #expect(try picture.bicubicResize(width: nil, height: 15) == picture.bicubicReduction(scale: 2))
        #expect(try picture.bicubicResize(width: 7, height: nil).size == PictureSize(width: 7, height: 6))
        #expect(try picture.bicubicResize(width: nil, height: nil) == picture)
        #expect(try picture.bicubicResize(width: 40, height: 30) == picture)
        #expect(try picture.bicubicResize(width: 5, height: 60).size == PictureSize(width: 5, height: 60))
        // The side that shrinks more goes first, so that a turned picture gives the turned result.
        let wide = try picture.bicubicResize(width: 90, height: 10)
        let turned = try picture.rotated(quarterRotations: 1).mirrored().bicubicResize(width: 10, height: 90)
        #expect(turned.mirrored().rotated(quarterRotations: 3) == wide)
    }

    @Test func resultsThatAreTooLargeAreRefused() throws {
        let picture = noise(40, 30)
        let long = ImageError.tooLargeResult(PictureSize(width: 1 << 20 + 1, height: 30))
        #expect(throws: long) { try picture.bicubicResize(width: 1 << 20 + 1, height: 30) }
        #expect(throws: ImageError.tooLargeResult(PictureSize(width: 400_000, height: 300_000))) {
            try picture.bicubicResize(by: #require(ResizeFactor(10_000)))
        }
        #expect("\(long)".hasPrefix("a result of 1048577×30 pixels is too large: "), "\(long)")
        #expect(throws: ImageError.self) { try picture.bicubicResize(width: .max, height: .max) }
        #expect(try picture.bicubicResize(by: #require(ResizeFactor(1, over: 1 << 20))).size == PictureSize(width: 1, height: 1))
    }
}
