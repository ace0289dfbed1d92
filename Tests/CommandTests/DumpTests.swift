import Testing

struct DumpTests {
    private static let stages = ["parsed", "elaborated", "differentiated", "simplified", "fused"]

    @Test(arguments: Models.names)
    func everyStageIsReadAgainAndContinuedFrom(_ name: String) throws {
        let place = try Workplace()
        let last = try place.graphc(["dump"] + Models.small(name)).success()
        #expect(last.hasPrefix("stage fused\n"))
        for stage in Self.stages {
            let definitions = stage == "parsed" ? Array(Models.small(name).dropFirst()) : []
            let dump = try place.graphc(["dump"] + Models.small(name) + ["--stage", stage]).success()
            let file = try place.file("\(stage).dump", dump.utf8)
            #expect(try place.graphc(["dump", file, "--stage", stage]).success() == dump)
            #expect(try place.graphc(["dump", file] + definitions).success() == last)
            #expect(try place.graphc("check", file).success().hasPrefix("\(file): fine: "))
        }
    }

    @Test(arguments: Models.names, ["predict", "train"])
    func plansAreReadAgainAndContinuedFrom(_ name: String, _ entry: String) throws {
        let place = try Workplace()
        let bands = entry == "train" ? [] : ["--bands", "3"]
        let sizes = ["--entry", entry, "--shape", "N=2,H=9,W=7"] + bands
        let fused = try place.file("fused.dump", try place.graphc(["dump"] + Models.small(name)).success().utf8)
        let plan = try place.graphc(["dump"] + Models.small(name) + ["--stage", "planned"] + sizes).success()
        let schedule = try place.graphc(["dump", fused, "--stage", "scheduled"] + sizes).success()
        #expect(try place.graphc(["dump", fused, "--stage", "planned"] + sizes).success() == plan)
        let lowered = try place.graphc(["dump", fused, "--stage", "lowered"] + sizes.prefix(4)).success()
        for (stage, dump) in [("lowered", lowered), ("scheduled", schedule), ("planned", plan)] {
            let file = try place.file("\(stage).dump", dump.utf8)
            #expect(dump.hasPrefix("stage \(stage)\n"))
            #expect(try place.graphc("dump", file, "--stage", stage).success() == dump)
            let rest = stage == "lowered" ? bands : []
            #expect(try place.graphc(["dump", file, "--stage", "planned"] + rest).success() == plan)
            #expect(try place.graphc("check", file).success().contains("fine: \(entry) \(stage): "))
        }
    }

    @Test func whatIsBehindAPassIsShownAndContinuedFrom() throws {
        let place = try Workplace()
        let sizes = ["--shape", "N=1,H=9,W=7", "--bands", "3"]
        let plan = try place.graphc(["dump"] + Models.small("edsr") + ["--stage", "planned"] + sizes).success()
        let passes = try place.graphc("passes").success().split(separator: "\n").filter { !$0.hasPrefix(" ") }
        #expect(passes.count > 15)
        for line in passes {
            let words = line.split(separator: " ")
            let needsSizes = ["lowered", "scheduled", "planned"].contains(words[1])
            let dump = try place.graphc(
                ["dump"] + Models.small("edsr") + ["--after", String(words[0])] + (needsSizes ? sizes : [])
            ).success()
            let file = try place.file("\(words[0]).dump", dump.utf8)
            let stage = dump.prefix { $0 != "\n" }.dropFirst("stage ".count)
            let isBound = ["scheduled", "planned"].contains(stage)
            // Behind the binding of sizes they are numbers.
            let rest = isBound ? [] : dump.contains("[N, H, W, 3]") ? sizes : ["--bands", "3"]
            #expect(try place.graphc(["dump", file, "--stage", "planned"] + rest).success() == plan, "\(line)")
            #expect(try place.graphc("check", file).success().hasPrefix("\(file): fine: "))
        }
    }

    @Test(arguments: [
        (["--after", "foldConstant"], "Did you mean 'foldConstants'?"), (["--after", "x"], "See graphc passes."),
        (["--after", "fuse", "--stage", "fused"], "not both"), (["--after", "fuse", "--bands", "2"], "go with stages lowered"),
        (["--algorithm", "direct"], "go with stages lowered"),
    ])
    func passesThatCannotBeShownAreRefused(_ arguments: [String], _ excerpt: String) throws {
        let finished = try Workplace().graphc(["dump", Models.path("espcn")] + arguments)
        #expect(finished.status == 64 && finished.output.isEmpty && finished.errors.contains(excerpt), "\(finished.errors)")
    }

    @Test func plansAreOfTheAlgorithmThatIsAskedFor() throws {
        let arguments = ["dump", Models.path("espcn"), "--stage", "lowered", "--shape", "N=1,H=16,W=16"]
        let direct = try Workplace().graphc(arguments + ["--algorithm", "direct"]).success()
        let best = try Workplace().graphc(arguments).success()
        #expect(direct.contains("using conv2d_direct") && !direct.contains("winograd") && best.contains("winograd"))
    }

    @Test func aPackShowsWhatItsGraphShows() throws {
        let place = try Workplace()
        _ = try place.graphc(["compile"] + Models.small("edsr") + ["-o", "edsr.gpack"]).success()
        for stage in Self.stages.dropFirst() {
            let dump = try place.graphc(["dump"] + Models.small("edsr") + ["--stage", stage]).success()
            #expect(try place.graphc("dump", "edsr.gpack", "--stage", stage).success() == dump)
        }
        #expect(try place.graphc("dump", "edsr.gpack", "--stage", "parsed").failure().contains("begins at stage"))
    }

    @Test func oneEntryCanBeShown() throws {
        let dump = try Workplace().graphc("dump", Models.path("espcn"), "--entry", "predict").success()
        #expect(dump.contains("\nentry predict espcn(") && !dump.contains("entry train"))
    }

    @Test func anAlteredPlanIsRefused() throws {
        let place = try Workplace()
        let plan = try place.graphc(
            "dump", Models.path("espcn"), "--stage", "planned", "--shape", "N=1,H=8,W=8", "--bands", "2"
        ).success()
        let lines = plan.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        let run = try #require(lines.firstIndex { $0.contains(" run ") && $0.contains(" after ") })
        let buffer = try #require(lines.firstIndex { $0.contains(" buffer ") && $0.contains(" at ") })
        var withoutRun = lines
        withoutRun.remove(at: run)
        var moved = lines
        moved[buffer] = moved[buffer].replacing(#/ at \d+/#, with: " at 8")
        var distant = lines
        distant[buffer] = distant[buffer].replacing(#/ at \d+/#, with: " at 9223372036854775744")
        for (number, altered) in [withoutRun, moved, distant].enumerated() {
            let file = try place.file("altered\(number).dump", altered.joined(separator: "\n").utf8)
            let finished = try place.graphc("check", file)
            #expect(finished.status == 1 && !finished.wasKilled && finished.output.isEmpty)
            #expect(finished.errors.contains("error[bad-plan]"), "\(finished.errors)")
        }
    }

    @Test(arguments: [
        ([], "needs the size of N, H, W; give all sizes, as --shape N=1,H=4,W=5"),
        (["--shape", "N=1,W=8"], "needs the size of H;"), (["--shape", "N=1,H=4,W=8,D=2"], "has no size 'D'"),
        (["--shape", "N=1,H=0,W=8"], "at least 1"), (["--shape", "N=1,H=400000000,W=400000000"], "at most 2^34 elements"),
    ])
    func plansNeedSizes(_ arguments: [String], _ excerpt: String) throws {
        let line = try Workplace().graphc(["dump", Models.path("espcn"), "--stage", "planned"] + arguments).failure()
        #expect(line.hasPrefix("graphc: ") && line.contains(excerpt), "\(line)")
    }

    @Test func noWayLeadsBack() throws {
        let place = try Workplace()
        let dump = try place.graphc("dump", Models.path("espcn")).success()
        let file = try place.file("fused.dump", dump.utf8)
        let line = try place.graphc("dump", file, "--stage", "elaborated").failure()
        #expect(line == "graphc: fused.dump: a dump of stage 'fused', and no way leads back to 'elaborated'")
    }
}
