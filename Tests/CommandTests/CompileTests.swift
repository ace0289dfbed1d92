import Testing

struct CompileTests {
    @Test func compilesIntoThisFolderAndSaysWhat() throws {
        let place = try Workplace()
        let line = try place.graphc("compile", Models.path("espcn")).success()
        #expect(line == "espcn.gpack: 31,131 weights in 6 tensors; entries forward, train, predict\n")
        #expect(place.names == ["espcn.gpack"])
    }

    @Test func equalSourcesGiveEqualBytesAndOtherSeedsOtherWeights() throws {
        let place = try Workplace()
        for (seed, name) in [("3", "a.gpack"), ("3", "b.gpack"), ("4", "c.gpack")] {
            _ = try place.graphc("compile", Models.path("espcn"), "-o", name, "--seed", seed).success()
        }
        #expect(try place.bytes("a.gpack") == place.bytes("b.gpack"))
        #expect(try place.bytes("a.gpack") != place.bytes("c.gpack"))
    }

    @Test func bindsParameters() throws {
        let place = try Workplace()
        let arguments = Models.small("edsr") + ["-D", "scale=3", "-o", "small.gpack"]
        let line = try place.graphc(["compile"] + arguments).success()
        // Filters of head 3→5, body 5→5 two by two and once more, up 5→45 and tail 5→3; then biases.
        let count = 9 * (3 * 5 + 5 * 25 + 5 * 45 + 5 * 3) + 5 + 5 * 5 + 45 + 3
        #expect(count == 3498)
        #expect(line.hasPrefix("small.gpack: 3,498 weights in 16 tensors"))
    }

    @Test(arguments: [
        (["-D", "filtrs=3"], "did you mean 'filters'?"), (["-D", "scale=5"], "scale"),
        (["-D", "filters=0.5"], "found    float 0.5"),
    ])
    func mistakesInParametersAreShownInTheSource(_ arguments: [String], _ excerpt: String) throws {
        let place = try Workplace()
        let finished = try place.graphc(["compile", Models.path("edsr")] + arguments)
        #expect(finished.status == 1 && finished.output.isEmpty)
        #expect(finished.errors.contains("edsr.graph:") && finished.errors.contains("error["))
        #expect(finished.errors.contains(excerpt))
        #expect(place.names.isEmpty)
    }

    @Test func aLossWithoutWeightsIsAMistakeInTheFile() throws {
        let place = try Workplace()
        let source = """
            graph twice(x: f32[N, 4]) -> (y: f32[N, 4]) { y = 2 * x }
            train twice(t: f32[N, 4]) { loss l = mean(abs(y - t)) }
            """
        _ = try place.file("twice.graph", source.utf8)
        for command in ["compile", "check"] {
            let finished = try place.graphc(command, "twice.graph")
            #expect(finished.status == 1 && finished.output.isEmpty)
            #expect(finished.errors.hasPrefix("twice.graph:2:38: error[no-gradient]: the loss depends on no weight of 'twice'"))
            #expect(finished.errors.hasSuffix("\n1 error\n"))
        }
    }

    @Test func elaboratedDumpsCompileToTheSamePack() throws {
        let place = try Workplace()
        _ = try place.graphc(["compile"] + Models.small("vdsr") + ["-o", "a.gpack"]).success()
        let dump = try place.graphc(["dump"] + Models.small("vdsr") + ["--stage", "elaborated"]).success()
        _ = try place.file("elaborated.dump", dump.utf8)
        _ = try place.graphc("compile", "elaborated.dump", "-o", "b.gpack").success()
        #expect(try place.bytes("a.gpack") == place.bytes("b.gpack"))
    }

    @Test func laterDumpsCannotBecomePacks() throws {
        let place = try Workplace()
        let dump = try place.graphc("dump", Models.path("espcn"), "--stage", "simplified").success()
        _ = try place.file("simplified.dump", dump.utf8)
        #expect(try place.graphc("compile", "simplified.dump").failure().contains("this dump is 'simplified'"))
    }
}

struct CheckTests {
    @Test(arguments: Models.names)
    func everyModelIsFine(_ name: String) throws {
        let line = try Workplace().graphc("check", Models.path(name)).success()
        #expect(line.hasPrefix("\(Models.path(name)): fine: "))
    }

    @Test func showsEveryMistakeWithItsPlace() throws {
        let place = try Workplace()
        let source = """
            graph twice(x: f32[N, 4]) -> (y: f32[N, 4]) {
              a = rleu(x)
              b = x + undeclared
              y = a + b
            }
            """
        _ = try place.file("twice.graph", source.utf8)
        let finished = try place.graphc("check", "twice.graph")
        #expect(finished.status == 1 && finished.output.isEmpty)
        #expect(finished.errors.contains("twice.graph:2:7: error["))
        #expect(finished.errors.contains("did you mean 'relu'?"))
        #expect(finished.errors.contains("twice.graph:3:11: error["))
        #expect(finished.errors.hasSuffix("2 errors\n"))
    }
}
