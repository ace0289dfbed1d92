import Foundation
import GraphCompiler
import GraphPack
import GraphRuntime
import Testing

struct TrainTests {
    /// A place with pictures in the folder `data`.
    private func place() throws -> Workplace {
        let place = try Workplace()
        try FileManager.default.createDirectory(at: place.url("data"), withIntermediateDirectories: false)
        for name in ["a", "b", "c"] { _ = try place.picture("data/\(name).png", width: 40, height: 40) }
        return place
    }

    private func train(_ out: String, scale: Int = 2, _ more: String...) -> [String] {
        ["train", Models.path("edsr"), "-D", "filters=4", "-D", "blocks=1", "-D", "scale=\(scale)"]
            + ["--data", "data", "--out", out, "--steps-per-epoch", "5", "--batch", "2", "--patch", "16"] + more
    }

    @Test(arguments: [(SIGINT, 130), (SIGTERM, 143)] as [(Int32, Int32)])
    func aSignalEndsTheStepAndSavesTheRun(_ signal: Int32, _ status: Int32) throws {
        let place = try place()
        let finished = try place.graphrun(train("out", "--epochs", "100000"), signal: signal, when: "out/history.csv")
        #expect(finished.status == status && !finished.wasKilled && finished.output.isEmpty)
        #expect(finished.errors.hasSuffix("stopped; go on with graphrun train --resume out\n"), "\(finished.errors)")
        let training = try #require(Pack(contentsOf: place.path("out/last.gpack")).training)
        let step = try #require(training["step"].flatMap { Int($0) }), epoch = step / 5
        // The epochs that were complete, and the whole run that ends with the one it stopped in.
        _ = try place.graphrun("train", "--resume", "out", "--epochs", "\(epoch + 1)")
        _ = try place.graphrun(train("whole", "--epochs", "\(epoch + 1)"))
        for name in ["last.gpack", "history.csv"] {
            #expect(try place.bytes("out/\(name)") == place.bytes("whole/\(name)"), "\(name)")
        }
        // Its words may tell of the epochs that were to come when it was written.
        let best = try ["out", "whole"].map { try Pack(contentsOf: place.path("\($0)/best.gpack")).weights }
        #expect(best[0] == best[1])
        let files = try FileManager.default.contentsOfDirectory(atPath: place.url("out").path).sorted()
        #expect(files == ["best.gpack", "history.csv", "history.svg", "last.gpack", "times.csv"])
    }

    @Test func eventsAreLinesForPrograms() throws {
        let output = try place().graphrun(train("out", "--epochs", "2", "--log", "json", "--checkpoint-every", "2")).success()
        let events = try output.split(separator: "\n").map { line in
            let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
            return try #require(object?["event"] as? String)
        }
        let epoch = ["step", "step", "saved", "step", "step", "saved", "step", "epoch"]
        #expect(events == ["ready"] + epoch + epoch + ["end"])
    }

    @Test func anotherModelsWeightsAreTakenByName() throws {
        let place = try place()
        _ = try place.graphrun(train("two", "--epochs", "1"))
        let finished = try place.graphrun(train("four", scale: 4, "--epochs", "1", "--init", "two/best.gpack"))
        let lines = finished.errors.split(separator: "\n")
        #expect(
            lines.prefix(2) == [
                "two/best.gpack: 12 of 14 weights are taken by name",
                "  not there, begin fresh: @up.1.bias, @up.1.filter",
            ])
        #expect(finished.status == 0)
    }

    @Test(arguments: [
        (["--resume", "out"], "out: there is no such folder; is the name right?"),
        (["--resume", "data"], "data/last.gpack: there is no checkpoint in this folder; begin a run there (--out)"),
    ])
    func runsThatAreNotThereAreNamed(_ arguments: [String], _ line: String) throws {
        #expect(try place().graphrun(["train"] + arguments).failure() == "graphrun: " + line)
    }

    @Test(arguments: [
        [], ["model.gpack"], ["model.gpack", "--data", "d"], ["--resume", "out", "--out", "o"],
        ["--resume", "out", "model.gpack"], ["model.gpack", "--data", "d", "--out", "o", "--recipe", "guide"],
        ["model.gpack", "--data", "d", "--out", "o", "--lr-schedule", "5000"],
        ["model.gpack", "--data", "d", "--out", "o", "--clip-norm", "0"],
        ["model.gpack", "--data", "d", "--out", "o", "--ema", "1"],
        ["model.gpack", "--data", "d", "--out", "o", "--cache", "2X"],
        ["model.gpack", "--data", "d", "--out", "o", "--checkpoint-every", "0"],
        ["model.gpack", "--data", "d", "--out", "o", "--monitor", "ssim"],
    ])
    func wrongUse(_ arguments: [String]) throws {
        let finished = try Workplace().graphrun(["train"] + arguments)
        #expect(finished.status == 64 && finished.output.isEmpty && finished.errors.contains("Usage: graphrun train"))
    }

    /// Folders with a line end in their names are kept in a checkpoint as they are; a pipe and a folder among the pictures
    /// keep none from training.
    @Test func oddFoldersAreTrainedOn() throws {
        let place = try place()
        try FileManager.default.moveItem(at: place.url("data"), to: place.url("da\nta"))
        try FileManager.default.createDirectory(at: place.url("da\nta/x.png"), withIntermediateDirectories: false)
        #expect(mkfifo(place.url("da\nta/y.png").path, 0o600) == 0)
        var arguments = train("out", "--epochs", "1")
        arguments[arguments.firstIndex(of: "data") ?? 0] = "da\nta"
        let begun = try place.graphrun(arguments)
        #expect(begun.status == 0 && begun.errors.contains("; left out, being no files: x.png, y.png\n"), "\(begun.errors)")
        let resumed = try place.graphrun("train", "--resume", "out", "--epochs", "2")
        #expect(resumed.status == 0, "\(resumed.errors)")
        #expect(try place.text("out/history.csv").split(separator: "\n").count == 3)
    }

    @Test func allSmallPicturesAreNamedAtOnce() throws {
        let place = try place()
        _ = try place.picture("data/d.png", width: 12, height: 90)
        _ = try place.picture("data/e.png", width: 40, height: 15)
        let line = try place.graphrun(train("out")).failure()
        #expect(
            line == "graphrun: data/d.png (12×90), data/e.png (40×15): smaller than the crop of 16×16 pixels; remove these "
                + "2 pictures or choose a smaller crop (--patch)")
    }

    /// What people should know of a run that goes on otherwise than it began names the option that keeps it.
    @Test func aRunThatGoesOnOtherwiseSaysSo() throws {
        let place = try place()
        let portable = ["--instruction-set", "portable", "--lr-schedule", "cosine"]
        _ = try place.graphrun(train("out", "--epochs", "1") + portable)
        let resumed = try place.graphrun("train", "--resume", "out", "--epochs", "2")
        #expect(resumed.status == 0)
        let lines = resumed.errors.split(separator: "\n")
        #expect(
            lines.count { $0.hasPrefix("the learning rate rises again, from 0.0 to") && $0.hasSuffix("(--epochs 2, --out)") } == 1
        )
        if InstructionSet.best != .portable {
            let set =
                "the run was computed on portable and goes on on \(InstructionSet.best.rawValue), which may round in another way"
            #expect(lines.count { $0.hasPrefix(set) && $0.hasSuffix("(--instruction-set portable)") } == 1, "\(resumed.errors)")
        }
        _ = try place.bash("rm out/history.svg; printf x >>out/history.csv").success()
        let again = try place.graphrun("train", "--resume", "out")
        #expect(again.status == 0, "\(again.errors)")
        #expect(
            again.errors.contains(
                "out/history.csv, out/history.svg: taken away or changed since the run was saved, and made again\nfinished"))
    }

    @Test func aRunThatGoesOnKeepsItsRecipe() throws {
        let place = try place()
        _ = try place.graphrun(train("out", "--epochs", "1"))
        let finished = try place.graphrun("train", "--resume", "out", "--lr", "0.5")
        #expect(finished.status == 64 && finished.errors.contains("--lr does not go with --resume"))
        let other = try place.graphrun("train", "--resume", "out", "--algorithm", "direct")
        #expect(other.status == 64 && other.errors.contains("--algorithm does not go with --resume"))
        #expect(finished.errors.contains("--init RUN/best.gpack"))
        _ = try place.graphrun("train", "--resume", "out", "--epochs", "2", "--patience", "3")
        #expect(try place.text("out/history.csv").split(separator: "\n").count == 3)
    }
}
