import Foundation
import Glibc
import GraphTestSupport
import SystemPackage
import Testing

@testable import GraphTraining

struct RunFolderTests {
    @Test func anEarlierRunIsNotReplacedUnasked() throws {
        let folder = TemporaryFolder()
        try folder.write("mine", to: "history.csv")
        let expected =
            "\(folder.path)/history.csv: the folder holds a run already; go on with it, name another "
            + "folder, or have it overwritten"
        #expect(errorText { _ = try RunFolder(folder.path, overwriting: false) } == expected)
        _ = try RunFolder(folder.path, overwriting: true)
        #expect(folder.names == ["history.csv"])
        try folder.write("", to: "file")
        let file = folder.path.appending("file")
        #expect(errorText { _ = try RunFolder(file, overwriting: false) } == "\(file): is a file; name a folder")
    }

    @Test func anotherRunIsKeptOut() throws {
        let folder = TemporaryFolder()
        let run = try RunFolder(folder.path.appending("out"), overwriting: false)
        try withExtendedLifetime(run.enter(goingOnFrom: nil)) {
            #expect(errorText { _ = try run.enter(goingOnFrom: nil) }.contains("another run is writing to this folder"))
        }
        #expect(errorText { _ = try run.enter(goingOnFrom: nil) } == "no error")
        #expect(folder.names == ["out"])
    }

    @Test func onlyWhatKilledWritersLeftIsRemoved() throws {
        let folder = TemporaryFolder()
        let kept = [".best.gpack", ".notes.part", ".other.gpack.partial", "best.gpack.partial", "history.csv"]
        for name in kept + [".best.gpack.partial", ".last.gpack.partial", ".history.svg.1a.part"] {
            try folder.write("", to: name)
        }
        _ = try RunFolder(folder.path, overwriting: true).enter(goingOnFrom: nil)
        #expect(folder.names == kept)
    }

    @Test(.enabled(if: geteuid() != 0, "root may write everywhere"))
    func aReadOnlyFolderIsNamed() throws {
        let folder = TemporaryFolder()
        chmod(folder.path.string, 0o555)
        defer { chmod(folder.path.string, 0o755) }
        #expect(errorText { _ = try RunFolder(folder.path, overwriting: false) }.contains("cannot be written to"))
    }

    @Test func aFailingWriteKeepsTheCheckpoint() throws {
        let run = try SmallRun()
        let before = StepCounter(3)
        try run.begin(in: "out", report: before.count, isInterrupted: { before.isInterrupted })
        let checkpoint = try run.folder.bytes("out/last.gpack")
        // A folder in the way of the best weights fails the end of the epoch.
        try FileManager.default.createDirectory(atPath: run.path("out/best.gpack").string, withIntermediateDirectories: false)
        let text = errorText { try run.resume("out") }
        #expect(text.contains("best.gpack: cannot be removed") || text.contains("best.gpack: cannot be written"), "\(text)")
        #expect(try run.folder.bytes("out/last.gpack") == checkpoint)
    }
}
