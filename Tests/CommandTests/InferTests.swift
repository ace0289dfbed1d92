import Foundation
import GraphImaging
import Testing

struct InferTests {
    @Test(arguments: [("edsr", 4), ("espcn", 3), ("srcnn", 3), ("vdsr", 4)])
    func enlarges(_ name: String, _ scale: Int) throws {
        let place = try Workplace()
        _ = try place.graphc(["compile"] + Models.small(name) + ["-o", "model.gpack"]).success()
        for (width, height) in [(1, 1), (13, 7), (6, 41)] {
            let small = try place.picture("small.png", width: width, height: height)
            let line = try place.graphrun("infer", "model.gpack", small, "-o", "big.png").success()
            #expect(line.hasPrefix("small.png \(width)×\(height) -> big.png \(scale * width)×\(scale * height), whole images, "))
            #expect(line.hasSuffix(" s\n") && line.contains(" planned, "))
            let big = try Picture(contentsOf: place.path("big.png"))
            #expect(big.width == scale * width && big.height == scale * height)
            #expect(Set(big.pixels).count > 1)
        }
    }

    @Test func aFormatThatTheNameDiffersFromIsFollowedAndSaid() throws {
        let place = try Workplace()
        _ = try place.graphc(["compile"] + Models.small("espcn") + ["-o", "model.gpack"]).success()
        let small = try place.picture("small.png", width: 5, height: 4)
        let finished = try place.graphrun("infer", "model.gpack", small, "-o", "big.jpg", "--format", "png")
        #expect(finished.status == 0)
        #expect(finished.errors == "graphrun: big.jpg: is written as PNG, as --format says, and its name says JPEG\n")
        #expect(try PictureSource(path: place.path("big.jpg")).format == .png)
        _ = try place.graphrun("infer", "model.gpack", small, "-o", "named.jpeg", "--format", "jpg").success()
    }

    /// Formats that only the package trait brings are known by name.
    @Test func aFormatThatIsNotBuiltInIsRefused() throws {
        guard !PictureFormat.tiff.isBuiltIn else { return }
        let place = try Workplace()
        _ = try place.graphc(["compile"] + Models.small("espcn") + ["-o", "model.gpack"]).success()
        let small = try place.picture("small.png", width: 5, height: 4)
        let problem = "TIFF is written by graphc if it is built with its package trait Vips; or write PNG, JPEG or WebP"
        #expect(try place.graphrun("infer", "model.gpack", small, "-o", "big.tif").failure().hasSuffix("big.tif: \(problem)"))
        let option = try place.graphrun("infer", "model.gpack", small, "-o", "big", "--format", "tiff")
        #expect(option.status == 64 && option.errors.contains(problem))
    }

    @Test func bandsAndThreadsChangeNoByte() throws {
        let place = try Workplace()
        _ = try place.graphc(["compile"] + Models.small("edsr") + ["-o", "model.gpack"]).success()
        let small = try place.picture("small.png", width: 19, height: 37)
        var files: [[UInt8]] = []
        let ways = [
            ["--bands", "0", "--threads", "1"], ["--bands", "3", "--threads", "4"], ["--bands", "1"], [],
            ["--max-memory", "200M"],
        ]
        for arguments in ways {
            _ = try place.graphrun(["infer", "model.gpack", small, "-o", "big.png"] + arguments).success()
            files.append(try place.bytes("big.png"))
        }
        #expect(Set(files).count == 1)
    }

    @Test func directConvolutionGivesThePictureAsWell() throws {
        let place = try Workplace()
        let model = [Models.path("edsr"), "-D", "filters=16", "-D", "blocks=1"]
        _ = try place.graphc(["compile"] + model + ["-o", "model.gpack"]).success()
        let small = try place.picture("small.png", width: 19, height: 21)
        _ = try place.graphrun("infer", "model.gpack", small, "-o", "best.png").success()
        _ = try place.graphrun("infer", "model.gpack", small, "-o", "direct.png", "--algorithm", "direct").success()
        let pictures = try ["best.png", "direct.png"].map { try Picture(contentsOf: place.path($0)).pixels.map(Int.init) }
        #expect(pictures[0].count == 3 * 16 * 19 * 21 && zip(pictures[0], pictures[1]).allSatisfy { abs($0 - $1) <= 1 })
    }

    @Test func memoryDoesNotGrowWithHeight() throws {
        let place = try Workplace()
        _ = try place.graphc(["compile"] + Models.small("edsr") + ["-o", "model.gpack"]).success()
        let planned = try [400, 800].map { height in
            let picture = try place.picture("tall.png", width: 8, height: height)
            let line = try place.graphrun("infer", "model.gpack", picture, "-o", "big.png", "--bands", "4").success()
            return try #require(line.split(separator: ", ").first { $0.hasSuffix(" planned") })
        }
        #expect(planned[0] == planned[1])
    }

    @Test func aGraphIsCompiledOnTheWayAndTheModelMayStandAnywhere() throws {
        let place = try Workplace()
        _ = try place.graphc("compile", Models.path("espcn"), "-o", "model.gpack").success()
        let small = try place.picture("small.png", width: 9, height: 5)
        _ = try place.graphrun("infer", "model.gpack", small, "-o", "a.png").success()
        let finished = try place.graphrun("infer", small, Models.path("espcn"), "-o", "b.png")
        #expect(finished.status == 0 && finished.errors.contains("espcn.graph are fresh; train it"))
        #expect(try place.bytes("a.png") == place.bytes("b.png"))
    }

    @Test func aPictureThatCannotBeReadKeepsNoneOfTheOthers() throws {
        let place = try Workplace()
        _ = try place.graphc(["compile"] + Models.small("espcn") + ["-o", "model.gpack"]).success()
        let (first, last) = try (place.picture("1.png", width: 5, height: 4), place.picture("3.png", width: 5, height: 4))
        let text = try place.file("2.png", Array("no picture".utf8))
        let finished = try place.graphrun("infer", "model.gpack", first, text, last, "-o", "out/")
        #expect(finished.status == 1)
        #expect(
            finished.errors.contains("2.png: is a text, not a PNG, JPEG or WebP file")
                && finished.errors.contains("1 of 3 pictures are left out"))
        #expect(finished.output.split(separator: "\n").count == 2)
        for name in ["1.png", "3.png"] { #expect(try Picture(contentsOf: place.path("out/\(name)")).width == 15) }
    }

    /// The model's three channels are not equal; those of a grey file, whole or in strips, are.
    @Test(arguments: [[], ["--max-memory", "64M"]])
    func greyPicturesStayGrey(_ arguments: [String]) throws {
        let place = try Workplace()
        _ = try place.graphc(["compile"] + Models.small("edsr") + ["-o", "model.gpack"]).success()
        let base64 =
            "iVBORw0KGgoAAAANSUhEUgAAAAYAAAAFCAAAAABDM8I6AAAALElEQVR4nGNg0AioWHCCQdw+vX/7fQa9sLpl574xuOZO3fuUlyGmZc2VPyoA7yUPHSC3ZPQAAAAASUVORK5CYII="
        _ = try place.file("grey.png", try #require(Data(base64Encoded: base64)))
        _ = try place.graphrun(["infer", "model.gpack", "grey.png", "-o", "big.png"] + arguments).success()
        let big = try Picture(contentsOf: place.path("big.png"))
        #expect(stride(from: 0, to: big.pixels.count, by: 3).allSatisfy { Set(big.pixels[$0..<$0 + 3]).count == 1 })
        #expect(Set(big.pixels).count > 10)
    }

    @Test func severalPicturesGoIntoAFolder() throws {
        let place = try Workplace()
        let first = try place.picture("first.png", width: 5, height: 4)
        let second = try place.picture("second.png", width: 5, height: 4)
        _ = try place.graphc("compile", Models.path("espcn"), "-o", "model.gpack").success()
        let lines = try place.graphrun("infer", "model.gpack", first, second, "-o", "big").success()
        #expect(lines.split(separator: "\n").count == 2)
        for name in ["first", "second"] {
            #expect(try Picture(contentsOf: place.path("big/\(name).png")).width == 15)
        }
        // What is named twice is one picture.
        let once = try place.graphrun("infer", "model.gpack", first, "./first.png", "-o", "again").success()
        #expect(once.split(separator: "\n").count == 1)
    }
}

extension Workplace {
    /// Writes a PNG of random pixels, and returns its name.
    func picture(_ name: String, width: Int, height: Int) throws -> String {
        var state: UInt32 = 1
        let pixels = (0..<3 * width * height).map { _ -> UInt8 in
            state = state &* 1_664_525 &+ 1_013_904_223
            return UInt8(truncatingIfNeeded: state >> 24)
        }
        try Picture(width: width, height: height, pixels: pixels).writePNG(to: path(name))
        return name
    }
}
