import GraphTestSupport
import Testing
@testable import GraphImaging

@Suite struct BicubicTests {
    /// The low-resolution pictures X2, X3 and X4 of Set5 were made by MATLAB. (Those of X8 were not rounded
    /// between columns and rows, as MATLAB does for whole samples; a few of their samples differ.)
    @Test(
        "Set5 is reproduced with no pixel different", .enabled(if: SharedData.has("Set5")),
        arguments: ["baby", "bird", "butterfly", "head", "woman"], [2, 3, 4])
    func set5(name: String, scale: Int) throws {
        let truth = try Picture(contentsOf: SharedData.path("Set5/HR/\(name).png"))
        let expected = try Picture(
            contentsOf: SharedData.path("Set5/LR_bicubic/X\(scale)/\(name)x\(scale).png"))
        let reduced = try #require(truth.cropped(toMultipleOf: scale)).bicubicReduction(scale: scale)
        try #require((reduced.width, reduced.height) == (expected.width, expected.height))
        #expect(zip(reduced.pixels, expected.pixels).count { $0 != $1 } == 0)
    }

    static let sizes = [(1, 1), (2, 1), (1, 5), (3, 4), (7, 13), (16, 24), (31, 30)]

    @Test("The definition gives the same, up to halves rounded otherwise", arguments: sizes, [2, 3, 4, 5, 8])
    func definition(size: (Int, Int), scale: Int) {
        let picture = noise(size.0, size.1)
        let pairs = [
            (picture.bicubicReduction(scale: scale), 1 / Double(scale)),
            (picture.bicubicEnlargement(scale: scale), Double(scale)),
        ]
        for (resampled, factor) in pairs {
            for channel in [Plane.Channel.red, .green, .blue] {
                let expected = ReferenceBicubic.resampled(
                    Plane(channel, of: picture, border: 0), scale: factor, rounding: ReferenceBicubic.wholeSample)
                #expect((resampled.width, resampled.height) == (expected.width, expected.height))
                let errors = zip(Plane(channel, of: resampled, border: 0).samples, expected.samples)
                    .map { abs($0 - $1) }
                #expect(errors.max()! <= 1)
                #expect(errors.count { $0 > 0 } * 50 <= errors.count)
            }
        }
    }

    @Test("One colour stays one colour, and steps overshoot only within 0…255")
    func flatAndStep() {
        let flat = Picture(width: 9, height: 5, fill: .init(red: 0, green: 77, blue: 255))
        for scale in 1...9 {
            #expect(Set(flat.bicubicReduction(scale: scale).pixels) == [0, 77, 255])
            #expect(Set(flat.bicubicEnlargement(scale: scale).pixels) == [0, 77, 255])
        }
        let step = Picture(width: 4, height: 1, pixels: [0, 0, 0, 0, 0, 0, 255, 255, 255, 255, 255, 255])
        // Columns 2.5/2 and so on of the step: −0.0703, 0.0234 and their mirror images around 1/2.
        #expect(
            step.bicubicEnlargement(scale: 2).pixels.enumerated().filter { $0.offset % 3 == 0 }.map(\.element).prefix(8)
                == [0, 0, 0, 52, 203, 255, 255, 255])
    }

    @Test func scaleOneChangesNothing() {
        #expect(noise(6, 7).bicubicReduction(scale: 1) == noise(6, 7))
        #expect(noise(6, 7).bicubicEnlargement(scale: 1) == noise(6, 7))
    }
}
