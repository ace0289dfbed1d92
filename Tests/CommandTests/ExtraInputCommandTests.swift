import GraphImaging
import Testing

/// `infer --input`, for networks that take more than a picture.
struct ExtraInputCommandTests {
    private static let guided = """
        graph guided(lr: u8[N, H, W, 3], guide: u8[N, 2*H, 2*W, 1]) -> (image: u8[N, 2*H, 2*W, 3]) {
          scalar strength: f32[]
          x = f32(lr)
          image = u8(round(clip(depth_to_space(concat(x, x, x, x), block = 2) + strength * f32(guide), 0, 255)))
        }
        """

    private func place() throws -> Workplace {
        let place = try Workplace()
        _ = try place.file("guided.graph", Self.guided.utf8)
        _ = try place.graphc("compile", "guided.graph", "-o", "guided.gpack").success()
        _ = try place.bash("mkdir in guides").success()
        for name in ["a", "b"] {
            _ = try place.picture("in/\(name).png", width: 6, height: 4)
            let guide = Picture(width: 12, height: 8, fill: .init(red: 9, green: 9, blue: 9))
            try guide.writePNG(to: place.path("guides/\(name).png"))
        }
        return place
    }

    @Test func numbersPicturesAndFoldersAreTaken() throws {
        let place = try place()
        let strength = ["--input", "strength=2"]
        _ = try place.graphrun(
            ["infer", "guided.gpack", "in/a.png", "-o", "one.png", "--input", "guide=guides/a.png"] + strength
        ).success()
        _ = try place.graphrun(["infer", "guided.gpack", "in", "-o", "all", "--input", "guide=guides"] + strength).success()
        _ = try place.graphrun(
            ["infer", "guided.gpack", "in/a.png", "-o", "number.png", "--input", "guide=18", "--input", "strength=1"]
        ).success()
        let one = try place.bytes("one.png")
        #expect(try place.bytes("all/a.png") == one && place.bytes("number.png") == one)
        let small = try Picture(contentsOf: place.path("in/a.png")), large = try Picture(contentsOf: place.path("one.png"))
        #expect(Int(large[5, 3].red) == min(255, Int(small[2, 1].red) + 18))
    }

    @Test func whatIsMissingOrUnknownIsSaid() throws {
        let place = try place()
        let infer = ["infer", "guided.gpack", "in/a.png", "-o", "x.png"]
        #expect(
            try place.graphrun(infer + ["--input", "strength=1"]).failure()
                == "graphrun: the network takes more than a picture: 'guide', a grey picture 2 times as large; give it that, "
                + "too (--input guide=FILE)")
        #expect(
            try place.graphrun(infer + ["--input", "blur=1"]).failure().hasPrefix(
                "graphrun: --input blur: the network has no input 'blur' beside the picture; it takes 'guide', "))
        #expect(
            try place.graphrun(infer + ["--input", "strength=1", "--input", "guide=no.png"]).failure()
                .contains("no.png: no such file"))
        #expect(try place.graphrun(infer + ["--input", "strength"]).status == 64)
    }

    @Test func whatIsGivenIsNotReplaced() throws {
        let place = try place()
        let strength = ["--input", "strength=1"]
        let guide = try place.bytes("guides/a.png")
        let single = try place.graphrun(
            ["infer", "guided.gpack", "in/a.png", "-o", "guides/a.png", "--input", "guide=guides/a.png"] + strength)
        #expect(single.status == 1)
        let many = try place.graphrun(
            ["infer", "guided.gpack", "in", "-o", "guides", "--overwrite", "--input", "guide=guides"] + strength)
        #expect(many.status == 1)
        #expect(try place.bytes("guides/a.png") == guide)
    }

    @Test func itIsMeasured() throws {
        let place = try place()
        #expect(try place.graphrun("bench", "guided.gpack", "--workload", "8x8", "--runs", "1").success().contains("GFLOP/s"))
        #expect(
            try place.graphrun("eval", "guided.gpack", "--data", "in").failure()
                == "graphrun: the network takes more than a picture: 'guide', a grey picture 2 times as large, 'strength', a "
                + "number; give it that, too (--input guide=DIR --input strength=NUMBER)")
    }
}
