import Foundation
import GraphImaging
import Testing

struct ResizeTests {
    @Test(
        arguments: [
            (["--scale", "1/4"], 16, 12), (["--scale", "0.25"], 16, 12), (["--scale", "2"], 126, 94),
            (["--scale", "4/3"], 84, 63),
            (["--width", "21"], 21, 16), (["--height", "94"], 126, 94), (["--width", "9", "--height", "60"], 9, 60),
        ] as [([String], Int, Int)])
    func sizes(_ options: [String], _ width: Int, _ height: Int) throws {
        let place = try Workplace()
        let picture = try place.picture("in.png", width: 63, height: 47)
        let line = try place.graphrun(["resize", picture, "-o", "out.png"] + options).success()
        #expect(line == "in.png 63×47 -> out.png \(width)×\(height)\n")
        #expect(try Picture(contentsOf: place.path("out.png")).size == PictureSize(width: width, height: height))
    }

    @Test func theReductionIsTheExactOne() throws {
        let place = try Workplace()
        let picture = try place.picture("in.png", width: 64, height: 48)
        let truth = try Picture(contentsOf: place.path(picture))
        _ = try place.graphrun("resize", picture, "-o", "small.png", "--scale", "1/4").success()
        #expect(try Picture(contentsOf: place.path("small.png")) == truth.bicubicReduction(scale: 4))
        _ = try place.graphrun("resize", "small.png", "-o", "big.png", "--scale", "4").success()
        let big = truth.bicubicReduction(scale: 4).bicubicEnlargement(scale: 4)
        #expect(try Picture(contentsOf: place.path("big.png")) == big)
    }

    /// What 8 bits of red, green and blue do not hold is told, and what stands beside the pixels is kept.
    @Test func whatIsLostIsTold() throws {
        let place = try Workplace()
        let layout = PixelLayout(hasAlpha: true, bitDepth: 16)
        let writer = try PNGWriter(
            to: .file(place.path("in.png")), width: 4, height: 4, layout: layout,
            metadata: PictureMetadata(resolution: PictureMetadata.Resolution(x: 1000, y: 1000, unit: .metre)))
        for _ in 0..<4 {
            try [UInt8](repeating: 77, count: 4 * layout.byteCount).withUnsafeBytes { try writer.writeRow($0) }
        }
        try writer.finish()
        let finished = try place.graphrun("resize", "in.png", "-o", "out.png", "-s", "2")
        #expect(finished.status == 0)
        #expect(
            finished.errors
                == "graphrun: in.png: 16 bits become 8\ngraphrun: in.png: the picture is laid on white where it is transparent\n")
        #expect(try PictureSource(path: place.path("out.png")).reader().metadata.resolution?.x == 2000)
        _ = try place.bash("cat in.png | graphrun resize - -o - -s 2 >piped.png 2>words")
        #expect(try place.bytes("piped.png") == place.bytes("out.png"))
    }

    @Test func whatCannotBeDone() throws {
        let place = try Workplace()
        let picture = try place.picture("in.png", width: 64, height: 48)
        func failure(_ arguments: String...) throws -> String { try place.graphrun(["resize"] + arguments).failure() }
        #expect(try failure("no.png", "-o", "out.png", "--scale", "2").contains("no.png: no such file"))
        #expect(try failure(picture, "-o", picture, "--scale", "2").contains("is an input, too"))
        #expect(try failure(picture, "-o", "out.jpg", "--scale", "2").contains("pictures are written as PNG"))
        #expect(try failure(picture, "-o", "no/out.png", "--scale", "2").contains("there is no folder 'no'"))
        let large = try failure(picture, "-o", "out.png", "--scale", "1048576")
        #expect(large.hasPrefix("graphrun: in.png: a result of 67108864×50331648 pixels is too large: "), "\(large)")
        #expect(place.names == ["in.png"])
    }

    @Test(arguments: [
        [], ["--scale", "0"], ["--scale", "-2"], ["--scale", "two"], ["--scale", "1/0"], ["--scale", "2", "--width", "9"],
        ["--width", "0"], ["--height", "2000000"],
    ])
    func wrongUse(_ options: [String]) throws {
        let finished = try Workplace().graphrun(["resize", "in.png", "-o", "out.png"] + options)
        #expect(finished.status == 64 && finished.output.isEmpty && finished.errors.contains("Usage: graphrun resize"))
    }
}
