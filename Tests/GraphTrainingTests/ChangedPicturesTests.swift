import Foundation
import Glibc
import GraphImaging
import GraphPack
import GraphTestSupport
import SystemPackage
import Testing
import ThreadRanks

@testable import GraphTraining

/// A picture that is changed while a run goes on never reaches a step: the run ends, saved.
struct ChangedPicturesTests {
    enum Change: CaseIterable {
        /// Another file takes the name.
        case replaced
        /// The file is written over, to the same length and time.
        case overwritten
        /// The same, with other sides.
        case smaller
    }

    /// - Parameter kind: how validation reads its pictures.
    private func run(validation kind: Validation.Kind) throws -> SmallRun {
        var run = try SmallRun(["a", "b", "c"])
        run.recipe.validation = kind
        // Pictures are decoded when they are needed.
        run.options.cacheByteCount = 0
        try run.begin(in: "whole")
        return run
    }

    private func change(_ path: FilePath, _ change: Change) throws {
        switch change {
        case .replaced:
            let other = path.folderPath.appending("other")
            try sample(width: 48, height: 40, seed: 9).writePNG(to: other)
            #expect(rename(other.string, path.string) == 0)
        case .overwritten:
            var status = stat()
            #expect(stat(path.string, &status) == 0)
            let file = try #require(FileHandle(forUpdatingAtPath: path.string))
            let bytes = try #require(try file.readToEnd())
            // In what checks the end of the file, which no crop reads.
            try file.seek(toOffset: UInt64(bytes.count - 4))
            try file.write(contentsOf: Data([0, 0, 0, 0]))
            try file.close()
            let times = [status.st_atim, status.st_mtim]
            #expect(utimensat(AT_FDCWD, path.string, times, 0) == 0)
        case .smaller: try sample(width: 20, height: 18, seed: 9).writePNG(to: path)
        }
    }

    @Test(arguments: Change.allCases)
    func aPictureChangedDuringTheRunEndsIt(_ kind: Change) throws {
        let run = try run(validation: .crops)
        let picture = run.path("pictures/a.png")
        let bytes = try run.folder.bytes("pictures/a.png")
        let text = errorText {
            try run.begin(in: "out") { event in
                guard case .step(let progress) = event, progress.epoch == 2, progress.step == 3 else { return }
                try? change(picture, kind)
            }
        }
        #expect(text.hasPrefix("\(picture): was changed since the run began; put the picture back as it was; the run is saved"))
        let again = errorText { try run.resume("out") }
        #expect(again.contains(kind == .overwritten ? "the file is damaged" : "these are not the pictures that the run in"))
        try bytes.write(to: URL(fileURLWithPath: picture.string))
        try run.resume("out")
        #expect(try run.results("out") == run.results("whole"))
    }

    @Test func aPictureOfValidationChangedDuringTheRunEndsIt() throws {
        let run = try run(validation: .images)
        // The second of three is held out.
        let picture = try #require(TrainingData([run.path("pictures")], scale: 2).validation.first).truthPath
        let bytes = try Data(contentsOf: URL(fileURLWithPath: picture.string))
        let text = errorText {
            try run.begin(in: "out") { event in
                guard case .step(let progress) = event, progress.epoch == 2, progress.step == 3 else { return }
                try? change(picture, .replaced)
            }
        }
        #expect(text.hasPrefix("\(picture): was changed since the run began;"), "\(text)")
        // Nothing of the epoch is lost.
        #expect(try run.pack("out/last.gpack").training?["step"] == "40")
        try bytes.write(to: URL(fileURLWithPath: picture.string))
        try run.resume("out")
        #expect(try run.results("out") == run.results("whole"))
    }

    @Test func aPictureWrittenAgainAsItWasChangesNothing() throws {
        let run = try run(validation: .images)
        let pictures = run.path("pictures")
        try run.begin(in: "out") { event in
            guard case .step(let progress) = event, progress.step == 3 else { return }
            for name in ["a", "b", "c"] {
                let path = pictures.appending("\(name).png"), other = pictures.appending("other")
                try? FileManager.default.copyItem(atPath: path.string, toPath: other.string)
                _ = rename(other.string, path.string)
            }
        }
        #expect(try run.results("out") == run.results("whole"))
    }

    @Test func whatIsWrittenWhileItIsReadIsNoPicture() throws {
        let folder = TemporaryFolder()
        try folder.pictures(["a"])
        let path = folder.path.appending("a.png")
        let files = try #require(try DigestedFiles([path, path], threadCount: 2))
        #expect(try files.read(path) { $0.byteCount } == folder.bytes("a.png").count)
        let text = errorText {
            try files.read(path) { _ in
                let file = try #require(FileHandle(forUpdatingAtPath: path.string))
                try file.write(contentsOf: Data([0]))
            }
        }
        #expect(text == "\(path): was changed since the run began; put the picture back as it was")
    }

    /// Each rank hashes a share of the files, and knows all of them by the same hashes.
    @Test(arguments: [1, 2, 4])
    func ranksShareOutTheHashing(_ count: Int) throws {
        let folder = TemporaryFolder()
        try folder.pictures(["a", "b", "c"])
        let paths = ["a", "b", "c"].map { folder.path.appending("\($0).png") }
        let said = ThreadRanks.run(on: count) { ranks in
            errorText {
                let files = try #require(try DigestedFiles(paths, threadCount: 1, ranks: ranks))
                for path in paths {
                    #expect(try files.digest(of: path) == Digest(ofFile: path))
                    #expect(try files.read(path) { $0.byteCount } > 0)
                }
            }
        }
        #expect(said == Array(repeating: "no error", count: count))
        let missing = ThreadRanks.run(on: count) { ranks in
            errorText { _ = try DigestedFiles(paths + [folder.path.appending("d.png")], threadCount: 1, ranks: ranks) }
        }
        #expect(missing.filter { $0.contains("d.png") }.count == 1 && !missing.contains("no error"), "\(missing)")
        // What a rank has hashed holds on all.
        let changed = ThreadRanks.run(on: count) { ranks in
            errorText {
                let files = try #require(try DigestedFiles(paths, threadCount: 1, ranks: ranks))
                _ = ranks.gather([0])
                if ranks.isFirst { _ = truncate(paths[1].string, 100) }
                _ = ranks.gather([0])
                _ = try files.read(paths[1]) { $0.byteCount }
            }
        }
        #expect(changed.allSatisfy { $0.contains("was changed since the run began") }, "\(changed)")
    }

    /// A pipe that takes a picture's place is refused: to open it would wait for its writer.
    @Test func aPipeInPlaceOfAPictureIsNotWaitedFor() throws {
        let folder = TemporaryFolder()
        #expect(mkfifo(folder.path.appending("a.png").string, 0o600) == 0)
        let picture = PictureFiles(name: "a", truthPath: folder.path.appending("a.png"), reducedPath: nil)
        for text in [
            errorText { _ = try picture.checkedSize(scale: 2) }, errorText { _ = try PicturePair(picture, scale: 2) },
            errorText { _ = try DigestedFiles([picture.truthPath], threadCount: 1) },
        ] {
            #expect(text == "\(picture.truthPath): is not a regular file")
        }
    }
}

extension FilePath {
    /// The folder that it lies in.
    fileprivate var folderPath: FilePath { removingLastComponent() }
}
