import Foundation
import GraphImaging
import Testing

/// Every bad input gets one clear line and code 1, wrong usage code 64; nothing is left behind.
struct BadInputTests {
    /// Whatever stands where a model is expected.
    @Test(arguments: [
        ("missing.gpack", "missing.gpack: no such file"), ("missing.graph", "missing.graph: no such file"),
        ("folder.gpack", "folder.gpack: is a folder"), ("folder.graph", "folder.graph: is a folder"),
        ("empty.gpack", "empty.gpack: "), ("random.gpack", "random.gpack: "), ("random.graph", "is not UTF-8 text"),
        ("cut.gpack", "cut.gpack: "), ("flipped.gpack", "flipped.gpack: damaged"),
    ])
    func modelsThatAreNone(_ name: String, _ excerpt: String) throws {
        let place = try Workplace()
        let picture = try place.picture("small.png", width: 3, height: 3)
        _ = try place.graphc("compile", Models.path("espcn"), "-o", "fine.gpack").success()
        let pack = try place.bytes("fine.gpack")
        for folder in ["folder.gpack", "folder.graph"] {
            try FileManager.default.createDirectory(at: place.url(folder), withIntermediateDirectories: false)
        }
        _ = try place.file("empty.gpack", [])
        _ = try place.file("cut.gpack", pack.dropLast(100))
        var flipped = pack
        flipped[pack.count / 2] ^= 4
        _ = try place.file("flipped.gpack", flipped)
        let noise = (0..<5000).map { UInt8(truncatingIfNeeded: ($0 &* 2_654_435_761) >> 13) }
        for random in ["random.gpack", "random.graph"] { _ = try place.file(random, noise) }
        let names = place.names

        for arguments in [
            ["infer", name, picture, "-o", "big.png"], ["inspect", name], ["gradcheck", name],
            ["weights", "export", name, "-o", "out.safetensors"],
            ["run", name, "--inputs", "in.safetensors", "-o", "out.safetensors"],
        ] where !(arguments[0] == "inspect" && name.hasSuffix(".graph")) {
            let line = try place.graphrun(arguments).failure()
            #expect(line.hasPrefix("graphrun: ") && line.contains(excerpt), "\(arguments[0]): \(line)")
        }
        let line = try place.graphc("dump", name).failure()
        #expect(line.hasPrefix("graphc: ") && line.contains(excerpt), "\(line)")
        #expect(place.names == names)
    }

    @Test(arguments: [
        ("missing.png", "missing.png: no such file"), ("folder.png", "big.png: is no folder"),
        ("empty.png", "the file is empty"), ("cut.png", "the file is cut short"),
        ("text.png", "is a text, not a PNG, JPEG or WebP file"),
    ])
    func picturesThatAreNone(_ name: String, _ excerpt: String) throws {
        let place = try Workplace()
        let whole = try place.bytes(try place.picture("whole.png", width: 40, height: 60))
        try FileManager.default.createDirectory(at: place.url("folder.png"), withIntermediateDirectories: false)
        _ = try place.file("empty.png", [])
        _ = try place.file("cut.png", whole.prefix(whole.count / 2))
        _ = try place.file("text.png", "no picture at all".utf8)
        _ = try place.file("big.png", "as it was".utf8)
        _ = try place.graphc("compile", Models.path("espcn"), "-o", "model.gpack").success()
        let names = place.names
        for bands in ["0", "2"] {
            let line = try place.graphrun("infer", "model.gpack", name, "-o", "big.png", "--bands", bands).failure()
            #expect(line.hasPrefix("graphrun: ") && line.contains(excerpt), "\(line)")
        }
        #expect(place.names == names)
        #expect(try place.text("big.png") == "as it was")
    }

    @Test func outputsThatCannotBeWritten() throws {
        let place = try Workplace()
        let picture = try place.picture("small.png", width: 3, height: 3)
        for output in ["missing/out", "."] {
            #expect(
                try place.graphc("compile", Models.path("espcn"), "-o", output).failure()
                    .hasPrefix("graphc: \(output): "))
            #expect(
                try place.graphrun("weights", "export", Models.path("espcn"), "-o", output).failure()
                    .hasPrefix("graphrun: \(output): "))
        }
        _ = try place.graphc("compile", Models.path("espcn"), "-o", "model.gpack").success()
        for command in ["infer", "compare"] {
            #expect(
                try place.graphrun(command, "model.gpack", picture, "-o", "missing/big.png").failure()
                    .hasPrefix("graphrun: missing/big.png: cannot be written: there is no folder 'missing'"))
        }
        // Said before anything is computed: the picture is too small to be compared.
        #expect(
            try place.graphrun("compare", "model.gpack", picture, "-o", "missing/").failure()
                .contains("names no file to write"))
        #expect(place.names == ["model.gpack", "small.png"])
    }

    @Test func noInputIsWrittenOver() throws {
        let place = try Workplace()
        let picture = try place.picture("small.png", width: 3, height: 3)
        let source = try place.file("a.graph", Array(Data(contentsOf: URL(fileURLWithPath: Models.path("espcn")))))
        _ = try place.graphc("compile", source, "-o", "a.gpack").success()
        _ = try place.graphrun("weights", "export", "a.gpack", "-o", "a.safetensors").success()
        try FileManager.default.createSymbolicLink(atPath: place.url("link.png").path, withDestinationPath: picture)
        let before = try place.names.map { try place.bytes($0) }
        for (arguments, output) in [
            (["infer", "a.gpack", picture], "small.png"), (["infer", "a.gpack", picture], "./small.png"),
            (["infer", "a.gpack", picture], "link.png"), (["infer", "a.gpack", picture], "."),
            (["infer", "a.gpack", picture, "link.png"], "new.png"),
            (["compare", "a.gpack", picture], "small.png"), (["pack", "a.gpack"], "a.gpack"),
            (["weights", "export", "a.gpack"], "a.gpack"),
            (["weights", "import", "a.gpack", "a.safetensors"], "a.safetensors"),
            (["run", "a.gpack", "--inputs", "a.safetensors"], "a.safetensors"),
        ] {
            let line = try place.graphrun(arguments + ["-o", output]).failure()
            #expect(line.hasPrefix("graphrun: "), "\(arguments): \(line)")
        }
        #expect(try place.graphc("compile", source, "-o", source).failure().contains("write to another file"))
        #expect(try place.names.map { try place.bytes($0) } == before)
    }

    @Test func trainingThatNeverBeginsLeavesNothing() throws {
        let place = try Workplace()
        try FileManager.default.createDirectory(at: place.url("data"), withIntermediateDirectories: false)
        for name in ["a.png", "b.png"] { _ = try place.picture("data/" + name, width: 40, height: 40) }
        _ = try place.file("data/c.png", "no picture at all".utf8)
        let line = try place.graphrun(
            "train", Models.path("espcn"), "--data", "data", "--out", "out", "--patch", "9"
        ).failure()
        #expect(line.contains("c.png: is a text, not a PNG, JPEG or WebP file"), "\(line)")
        #expect(place.names == ["data"])
    }

    @Test(arguments: [
        ("filtres=3", "error[unknown-parameter]: graph 'edsr' has no parameter 'filtres'"),
        ("filters=1.5", "error[wrong-kind]"), ("filters=0", "error[empty-tensor]"), ("scale=5", "error[condition-failed]"),
        ("blocks=999999999", "error[too-large]"),
    ])
    func definitionsThatDoNotFit(_ definition: String, _ excerpt: String) throws {
        let finished = try Workplace().graphc("check", Models.path("edsr"), "-D", definition)
        #expect(finished.status == 1 && finished.output.isEmpty && finished.errors.contains(excerpt), "\(finished.errors)")
    }

    @Test(arguments: [["-D", "scale=2", "-D", "scale=3"], ["-D", "scale=2", "-D", "scale=2"]])
    func definitionsThatStandTwice(_ definitions: [String]) throws {
        let place = try Workplace()
        let second = definitions[3]
        for line in [
            try place.graphc(["check", Models.path("espcn")] + definitions).failure(),
            try place.graphc(["compile", Models.path("espcn")] + definitions).failure(),
            try place.graphrun(["gradcheck", Models.path("espcn")] + definitions).failure(),
        ] {
            #expect(line.contains("-D scale=2 and -D \(second): a parameter has one value; give it once"), "\(line)")
        }
        #expect(place.names.isEmpty)
    }

    @Test func definitionsDoNotGoWithPacks() throws {
        let place = try Workplace()
        _ = try place.graphc("compile", Models.path("espcn"), "-o", "a.gpack").success()
        #expect(try place.graphrun("gradcheck", "a.gpack", "-D", "scale=2").failure().contains("they go with a .graph file (-D)"))
    }

    @Test func aModelThatEnlargesNothingIsRefused() throws {
        let place = try Workplace()
        let picture = try place.picture("small.png", width: 3, height: 3)
        _ = try place.file("twice.graph", "graph twice(x: f32[N, 4]) -> (y: f32[N, 4]) { y = 2 * x }\n".utf8)
        _ = try place.graphc("compile", "twice.graph").success()
        let line = try place.graphrun("infer", "twice.gpack", picture, "-o", "big.png").failure()
        #expect(line.contains("'twice' does not enlarge pictures"))
    }

    @Test(arguments: [
        ["infer", "a.gpack", "-o", "big.png"],
        ["infer", "a.gpack", "b.png"], ["infer", "a.gpack", "b.png", "-o", "c.png", "--bands", "-1"],
        ["infer", "a.gpack", "b.png", "-o", "c.png", "--threads", "0"],
        ["infer", "a.gpack", "b.png", "-o", "c.png", "--max-memory", "much"],
        ["infer", "a.gpack", "b.png", "-o", "c.png", "--max-memory", "1G", "--bands", "4"], ["inspect"], ["enlarge"],
        ["run", "a.gpack", "--entry", "backward", "--inputs", "i", "-o", "o"],
        ["run", "a.gpack", "--scalars", "step", "--inputs", "i", "-o", "o"],
        ["run", "a.gpack", "--interpreter", "--threads", "2", "--inputs", "i", "-o", "o"],
        ["gradcheck", "a.gpack", "--shape", "N=one"],
    ])
    func wrongUseOfGraphrun(_ arguments: [String]) throws {
        let finished = try Workplace().graphrun(arguments)
        #expect(finished.status == 64 && finished.output.isEmpty && finished.errors.contains("Usage: graphrun"))
    }

    @Test(arguments: [
        ["compile"], ["compile", "a.graph", "-D", "filters"], ["check", "a.graph", "-D", "filters=many"],
        ["dump", "a.graph", "--stage", "compiled"], ["dump", "a.graph", "--shape", "N=1"],
        ["dump", "a.graph", "--stage", "parsed", "--entry", "train"],
        ["dump", "a.graph", "--stage", "planned", "--bands", "0"],
    ])
    func wrongUseOfGraphc(_ arguments: [String]) throws {
        let finished = try Workplace().graphc(arguments)
        #expect(finished.status == 64 && finished.output.isEmpty && finished.errors.contains("Usage: graphc"))
    }

    @Test(arguments: [
        (["graphrun", "infr", "x.png"], "there is no command 'infr'; did you mean 'infer'?"),
        (["graphrun", "photo.png"], "there is no command 'photo.png'; there are train, infer, serve,"),
        (["graphrun", "weights", "exprot"], "there is no command 'weights exprot'; did you mean 'weights export'?"),
        (["graphrun", "verify", "a.gpack", "--quite"], "Unknown option '--quite'"),
        (["graphc", "chekc", "a.graph"], "there is no command 'chekc'; did you mean 'check'?"),
    ])
    func misspeltWords(_ words: [String], _ message: String) throws {
        let place = try Workplace()
        let arguments = Array(words.dropFirst())
        let finished = try words[0] == "graphc" ? place.graphc(arguments) : place.graphrun(arguments)
        #expect(finished.status == 64 && finished.output.isEmpty, "\(finished)")
        #expect(finished.errors.contains(message) && finished.errors.contains("Usage: \(words[0])"), "\(finished.errors)")
    }
}

struct HelpTests {
    @Test(arguments: [
        ["graphc"], ["graphc", "compile"], ["graphc", "check"], ["graphc", "dump"], ["graphrun"], ["graphrun", "infer"],
        ["graphrun", "inspect"], ["graphrun", "weights"], ["graphrun", "weights", "export"],
        ["graphrun", "weights", "import"], ["graphrun", "run"], ["graphrun", "gradcheck"],
        ["graphrun", "pack"], ["graphrun", "verify"], ["graphrun", "diff"], ["graphrun", "train"], ["graphrun", "eval"],
        ["graphrun", "compare"], ["graphrun", "bench"], ["graphrun", "sample-pictures"],
        ["graphrun", "resize"], ["graphrun", "prepare"],
    ])
    func helpFitsOneScreenAndHasAnExample(_ command: [String]) throws {
        let place = try Workplace()
        let arguments = command.dropFirst() + ["--help"]
        let help =
            command[0] == "graphc"
            ? try place.graphc(Array(arguments)).success() : try place.graphrun(Array(arguments)).success()
        let lines = help.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.count <= 48 && lines.allSatisfy { $0.count <= 80 }, "\(lines.count) lines")
        #expect(lines.contains { $0.contains(command.joined(separator: " ") + " ") && !$0.hasPrefix("USAGE") })
    }
}
