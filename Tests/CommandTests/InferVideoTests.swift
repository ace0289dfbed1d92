import Foundation
import GraphImaging
import GraphTestSupport
import Testing

/// Raw video from and to files and pipes.
struct InferVideoTests {
    private func place(_ frameCount: Int = 3) throws -> Workplace {
        let place = try Workplace()
        _ = try place.graphc(["compile"] + Models.small("espcn") + ["-o", "model.gpack"]).success()
        let frames = (0..<frameCount).map { SampleVideo.noise("420jpeg", width: 13, height: 8, seed: UInt64($0)) }
        _ = try place.file("clip.y4m", SampleVideo.video("W13 H8 F25:1 Ip A1:1 C420jpeg", frames))
        return place
    }

    /// Runs lines of a shell in which `graphrun` is the command.
    private func shell(_ place: Workplace, _ lines: String) throws -> Finished {
        let script = try place.file(
            "script", Array("#!/bin/sh\ngraphrun() { \(Workplace.graphrun.path) \"$@\"; }\n\(lines)\n".utf8))
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: place.url(script).path)
        return try place.run(script, [])
    }

    @Test func filesAndPipesGiveTheSame() throws {
        let place = try place()
        let text = try place.graphrun("infer", "model.gpack", "clip.y4m", "-o", "big.y4m").success()
        #expect(text.hasPrefix("clip.y4m 13×8 -> big.y4m 39×24, ") && text.contains("\n3 frames, "))
        let reader = try VideoReader(path: place.path("big.y4m"))
        #expect(reader.header.size == PictureSize(width: 39, height: 24))
        #expect(
            try String(decoding: place.bytes("big.y4m").prefix(44), as: UTF8.self)
                == "YUV4MPEG2 W39 H24 F25:1 Ip A1:1 C420jpeg\nFRA")
        let ways = [
            "cat clip.y4m | graphrun infer model.gpack - -o - >out", "graphrun infer model.gpack - -o - <clip.y4m | cat >out",
            "cat clip.y4m | graphrun infer model.gpack /dev/stdin -o /dev/stdout | cat >out",
            "mkfifo pipe; cat clip.y4m >pipe & graphrun infer model.gpack pipe -o out >&2",
            "graphrun infer model.gpack clip.y4m -o /dev/stdout >out",
        ]
        for way in ways {
            let finished = try shell(place, way)
            #expect(
                finished.status == 0 && finished.output.isEmpty && finished.errors.contains("3 frames"), "\(way): \(finished)")
            #expect(try place.bytes("out") == place.bytes("big.y4m"), "\(way)")
        }
    }

    @Test func aPipeMayHoldAPicture() throws {
        let place = try place()
        _ = try place.picture("small.png", width: 5, height: 4)
        #expect(try shell(place, "cat small.png | graphrun infer model.gpack /dev/stdin -o big.png").status == 0)
        #expect(try Picture(contentsOf: place.path("big.png")).width == 15)
    }

    @Test func aFolderTakesItUnderItsName() throws {
        let place = try place(0)
        _ = try place.graphrun("infer", "model.gpack", "clip.y4m", "-o", "out/").success()
        #expect(try place.text("out/clip.y4m").hasPrefix("YUV4MPEG2 W39 H24 "))
    }

    @Test func mistakesAreSaid() throws {
        let place = try place()
        let picture = try place.graphrun("infer", "model.gpack", "clip.y4m", "-o", "big.png").failure()
        #expect(picture.contains("big.png: holds a picture by its name"))
        let other = try place.graphrun("infer", "model.gpack", "clip.y4m", "-o", "big.mp4").failure()
        #expect(other.contains("big.mp4: what is made of clip.y4m is raw video; name a file that ends in .y4m"))
        let same = try place.graphrun("infer", "model.gpack", "clip.y4m", "-o", "clip.y4m").failure()
        #expect(same.contains("would be lost"))
        let bytes = try place.bytes("clip.y4m")
        _ = try place.file("short.y4m", bytes.dropLast(7))
        let short = try place.graphrun("infer", "model.gpack", "short.y4m", "-o", "big.y4m")
        #expect(short.status == 1 && short.errors == "graphrun: short.y4m: the video is cut short in frame 3\n")
        #expect(!place.names.contains("big.y4m"))
        let full = try shell(place, "graphrun infer model.gpack clip.y4m -o - >/dev/full")
        #expect(full.status == 1 && full.errors.contains("standard output: cannot be written: No space left"))
    }

    @Test func anySizeIsMade() throws {
        let place = try place(1)
        let text = try place.graphrun("infer", "model.gpack", "clip.y4m", "-o", "big.y4m", "--width", "20", "--ensemble")
            .success()
        #expect(text.hasPrefix("clip.y4m 13×8 -> big.y4m 20×12, "))
        #expect(try VideoReader(path: place.path("big.y4m")).header.size == PictureSize(width: 20, height: 12))
        let larger = try place.graphrun("infer", "model.gpack", "clip.y4m", "-o", "large.y4m", "--scale", "4")
        #expect(larger.status == 0)
        #expect(
            larger.errors == "graphrun: clip.y4m: the network makes 39×24 pixels, and bicubic interpolation 52×32 of them\n")
        let compared = try place.graphrun("infer", "model.gpack", "clip.y4m", "-o", "no.y4m", "--compare").failure()
        #expect(compared.contains("--compare, --format and --quality are for pictures"))
    }

    @Test func programsGetLinesOfTheirOwn() throws {
        let place = try place(2)
        let text = try place.graphrun("infer", "model.gpack", "clip.y4m", "-o", "big.y4m", "--json").success()
        let events = try text.split(separator: "\n").map { line in
            try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        }
        let video = try #require(events.first { $0["event"] as? String == "video" })
        #expect(video["source"] as? String == "clip.y4m" && video["frames"] as? Int == 2 && video["width"] as? Int == 39)
        #expect(events.last?["event"] as? String == "end" && events.last?["errors"] as? Int == 0)
        _ = try place.file("short.y4m", place.bytes("clip.y4m").dropLast(7))
        let failed = try place.graphrun("infer", "model.gpack", "short.y4m", "-o", "no.y4m", "--json")
        #expect(failed.status == 1 && failed.errors.isEmpty)
        #expect(failed.output.contains("\"event\": \"error\"") && failed.output.contains("the video is cut short in frame 2"))
    }
}
