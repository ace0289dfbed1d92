import Foundation
import GraphCompiler
import GraphImaging
import GraphPack
import SystemPackage
import Testing

/// Commands without a model use one that ships, which they find from where they lie themselves.
struct ShippedModelTests {
    /// A program and its models, as a build leaves them in a checkout and as `Tools/install` does.
    enum Layout: CaseIterable {
        case checkout, installed

        var program: String { self == .checkout ? ".build/x86_64-unknown-linux-gnu/release/graphrun" : "bin/graphrun" }
        var models: String { self == .checkout ? "Models" : "share/graphc" }
    }

    private func workplace(_ layout: Layout, scales: Int..., others: String...) throws -> Workplace {
        let place = try Workplace()
        for folder in [place.url(layout.program).deletingLastPathComponent(), place.url(layout.models)] {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        }
        try FileManager.default.copyItem(at: Workplace.graphrun, to: place.url(layout.program))
        for name in scales.map({ "edsr-x\($0)" }) + others {
            let pack = "\(layout.models)/\(name).gpack"
            let scale = name.filter(\.isNumber)
            _ = try place.graphc(["compile"] + Models.small("edsr") + ["-D", "scale=\(scale)", "-o", pack]).success()
        }
        return place
    }

    @Test(arguments: Layout.allCases)
    func enlargesWithoutAModel(_ layout: Layout) throws {
        let place = try workplace(layout, scales: 2, 4)
        let small = try place.picture("small.png", width: 7, height: 5)
        let named = "\(layout.models)/edsr-x"
        for (arguments, pack, scale) in [([], "\(named)4.gpack", 4), (["--scale", "2"], "\(named)2.gpack", 2)] {
            let line = try place.run(layout.program, ["infer"] + arguments + [small, "-o", "big.png"]).success()
            #expect(line.hasPrefix("small.png 7×5 -> big.png \(7 * scale)×\(5 * scale), "))
            _ = try place.run(layout.program, ["infer", pack, small, "-o", "same.png"]).success()
            #expect(try place.bytes("big.png") == place.bytes("same.png"))
        }
    }

    /// What a camera took or JPEG stored goes through the model for photographs, other pictures through the faithful one.
    @Test func theModelIsChosenByWhatThePictureIs() throws {
        let place = try workplace(.installed, scales: 2, 4, others: "edsr-x4-photo", "edsr-x2-photo", "compact-x4")
        let program = Layout.installed.program
        try FileManager.default.createDirectory(at: place.url("in"), withIntermediateDirectories: false)
        let clean = try place.picture("in/clean.png", width: 9, height: 7)
        _ = try place.graphrun(["infer", "\(Layout.installed.models)/edsr-x2.gpack", clean, "-o", "in/photograph.jpg"]).success()
        let lines = try place.run(program, ["infer", "in", "-o", "out"]).success().split(separator: "\n").sorted()
        #expect(lines.count == 2)
        #expect(lines[0].contains("clean.png 36×28, by edsr-x4, "), "\(lines)")
        #expect(lines[1].contains("photograph.jpg 72×56, by edsr-x4-photo, "), "\(lines)")
        for (arguments, excerpt) in [
            ([], "by edsr-x4-photo, "), (["--scale", "2"], "36×28, by edsr-x2-photo, "),
            (["--scale", "3"], "54×42, by edsr-x4-photo, "),
        ] {
            let line = try place.run(program, ["infer", "in/photograph.jpg", "-o", "big.png"] + arguments).success()
            #expect(line.contains(excerpt), "\(arguments): \(line)")
        }
        for (name, pack) in [("photo", "edsr-x4-photo"), ("faithful", "edsr-x4"), ("fast", "compact-x4")] {
            let line = try place.run(program, ["infer", clean, "--model", name, "-o", "big.png", "--overwrite"]).success()
            #expect(!line.contains(" by "), "\(line)")
            let pack = "\(Layout.installed.models)/\(pack).gpack"
            _ = try place.run(program, ["infer", pack, clean, "-o", "same.png", "--overwrite"]).success()
            #expect(try place.bytes("big.png") == place.bytes("same.png"), "\(name)")
        }
        let refused = try place.run(program, ["bench", "--model", "photo", "--scale", "3"]).failure()
        #expect(refused.contains("no photo model that enlarges 3 times ships: --scale 2 or 4 is what there is"), "\(refused)")
    }

    @Test func aLinkToTheProgramFindsTheModelsOfTheProgram() throws {
        let place = try workplace(.installed, scales: 3)
        let small = try place.picture("small.png", width: 4, height: 4)
        try FileManager.default.createSymbolicLink(
            atPath: place.url("enlarge").path, withDestinationPath: Layout.installed.program)
        _ = try place.run("enlarge", ["infer", "--scale", "3", small, "-o", "big.png"]).success()
        #expect(try Picture(contentsOf: place.path("big.png")).width == 12)
    }

    @Test func otherCommandsDoWithoutAModelToo() throws {
        let place = try workplace(.installed, scales: 4)
        let program = Layout.installed.program
        let truth = try place.picture("truth.png", width: 64, height: 64)
        try FileManager.default.createDirectory(at: place.url("set"), withIntermediateDirectories: false)
        _ = try place.picture("set/one.png", width: 64, height: 64)
        #expect(try place.run(program, ["eval", "--data", "set"]).success().hasPrefix("x4, border of 4 pixels left out"))
        _ = try place.run(program, ["compare", truth, "-o", "sheet.png"]).success()
        #expect(place.names.contains("sheet.png"))
        #expect(try place.run(program, ["bench", "--workload", "3x3", "--runs", "1"]).success().hasPrefix("3x3: "))
    }

    /// Pictures of any size: by the nearest model that reaches it, or by the largest one and bicubic interpolation, of which a
    /// line tells.
    @Test func aScaleThatDoesNotShipIsResampled() throws {
        let place = try workplace(.installed, scales: 2, 4)
        let small = try place.picture("small.png", width: 20, height: 10)
        for (arguments, size) in [
            (["-s", "1.5"], "30×15"), (["--scale", "3"], "60×30"), (["--scale", "1/2"], "10×5"), (["--width", "61"], "61×31"),
            (["--height", "20"], "40×20"), (["--width", "30", "--height", "40"], "30×40"), (["--scale", "6"], "120×60"),
            (["--compare", "--ensemble", "--height", "15"], "62×15"), (["--compare"], "162×40"),
        ] {
            let finished = try place.run(Layout.installed.program, ["infer"] + arguments + [small, "-o", "big.png"])
            #expect(finished.status == 0 && finished.output.hasPrefix("small.png 20×10 -> big.png \(size), "), "\(arguments)")
            #expect(try "\(Picture(contentsOf: place.path("big.png")).size)" == size)
            let isLarger = arguments.contains("6"), isOther = arguments.contains("40")
            #expect(finished.errors.contains("the network makes 80×40 pixels") == isLarger, "\(finished.errors)")
            #expect(finished.errors.contains("the shape changes: 20×10 pixels become 30×40") == isOther)
        }
    }

    @Test func aScaleThatDoesNotShipForOtherCommands() throws {
        let place = try workplace(.installed, scales: 2, 4)
        for scale in ["3", "0", "-1", "1000"] {
            let line = try place.run(
                Layout.installed.program, ["bench", "--scale=\(scale)"]
            ).failure()
            #expect(
                line.contains("no faithful model that enlarges \(scale) times ships: --scale 2 or 4 is what there is"), "\(line)")
        }
    }

    @Test(arguments: Layout.allCases)
    func noModelAtAll(_ layout: Layout) throws {
        let place = try workplace(layout)
        let small = try place.picture("small.png", width: 4, height: 4)
        let line = try place.run(layout.program, ["infer", small, "-o", "big.png"]).failure()
        #expect(line.contains("/\(layout.models) holds no faithful model that ships"), "\(line)")
        #expect(!FileManager.default.fileExists(atPath: place.url("big.png").path))
    }

    @Test(arguments: [
        (["infer", "a.gpack", "b.gpack", "c.png", "-o", "d.png"], "a.gpack and b.gpack: name one model"),
        (["bench", "--scale", "2", "a.gpack"], "a.gpack has its own scale"),
        (["infer", "--scale", "0", "c.png", "-o", "d.png"], "'0' is invalid"),
        (["infer", "--scale", "2", "--width", "9", "c.png", "-o", "d.png"], "either --scale, or --width, --height or both"),
        (["infer", "--height", "0", "c.png", "-o", "d.png"], "--height is 0"),
        (["infer", "-D", "scale=2", "c.png", "-o", "d.png"], "-D goes with a .graph file"),
        (["infer", "--scale", "two", "c.png", "-o", "d.png"], "'two' is invalid"),
        (["infer", "-o", "d.png"], "Name at least one picture"), (["compare", "-o", "d.png"], "Name one picture"),
        (["compare", "c.png", "e.png", "-o", "d.png"], "Name one picture"),
        (["compare", "c.png", "-o", "d.jpg"], "name a file that ends in .png"),
        (["infer", "c.png", "-o", "d.jpg", "--quality", "lossless"], "JPEG always loses something"),
        (["infer", "c.png", "-o", "d.png", "--quality", "50"], "leave --quality out"),
        (["eval", "c.png", "--data", "set"], "c.png is no model"), (["bench", "run"], "run is no model"),
    ])
    func wrongUse(_ arguments: [String], _ excerpt: String) throws {
        let finished = try Workplace().graphrun(arguments)
        #expect(finished.status == 64 && finished.output.isEmpty)
        #expect(finished.errors.contains(excerpt) && finished.errors.contains("Usage: graphrun"), "\(finished.errors)")
    }

    /// Every pack in `Models` is what its name and its card say; without packs there is nothing to hold.
    @Test func whatShipsIsWhatItsCardSays() throws {
        let folder = Models.folder.deletingLastPathComponent().appendingPathComponent("Models")
        let packs = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".gpack") }
        let card = try String(contentsOf: folder.appendingPathComponent("README.md"), encoding: .utf8)
        let place = try Workplace()
        for pack in packs.sorted() {
            let path = folder.appendingPathComponent(pack).path
            #expect(try place.graphrun("verify", path).success().contains("sound"))
            // Another version's entries would be compiled anew whenever the pack is loaded.
            let version = try Pack(contentsOf: FilePath(path)).compilerVersion
            #expect(version == Pipeline.version, "\(pack) is to be written anew by graphrun pack --store fp16")
            let lines = try place.graphrun("inspect", path).success().split(separator: "\n").map { $0.split(separator: " ") }
            let digest = try #require(lines.first { $0.first == "digest" }?.last)
            #expect(card.contains(digest), "\(pack): Models/README.md has another digest; see Tools/make/model-card")
            #expect(try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int ?? .max < 4 << 20)
            let number = pack.firstMatch(of: /-x(\d)/)?.1
            let scale = try #require(number.flatMap { Int($0) }, "\(pack)")
            let small = try place.picture("small.png", width: 8, height: 8)
            _ = try place.graphrun("infer", path, small, "-o", "big.png").success()
            #expect(try Picture(contentsOf: place.path("big.png")).width == 8 * scale)
        }
        #expect(packs.isEmpty || !card.contains("<!--"), "Models/README.md has places that are not filled in")
    }
}
