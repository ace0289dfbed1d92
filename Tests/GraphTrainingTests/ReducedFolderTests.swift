import Foundation
import GraphImaging
import GraphTestSupport
import SystemPackage
import Testing

@testable import GraphTraining

/// Low-resolution pictures under the names that are in use.
struct ReducedFolderTests {
    private func reduced(_ folder: TemporaryFolder, scale: Int = 4) throws -> [String?] {
        try DataFolder.forEvaluation(folder.path, scale: scale).map { files in
            files.reducedPath.map { String($0.string.dropFirst(folder.path.string.count + 1)) }
        }
    }

    @Test(arguments: [
        ("HR", "LR_bicubic/X4"), ("HR", "LR_bicubic/x4"), ("HR", "lr_bicubic/x4"), ("HR", "LR_bicubic"), ("HR", "LR"),
        ("HR", "LR/X4"), ("GT", "LQ"),
        ("HR", "X4"), ("HR", "x4"), ("HR", "LR_x4"), ("HR", "LRx4"), ("HR", "LR_bicubic_X4"), ("hr", "LRbicx4"),
        ("GT", "LRbicx4"), ("GTmod12", "LRbicx4"), ("HR", "bicx4"), ("HR", "bicubic-x4"), ("HR", "Set5_LR_bicubic_X4"),
        ("HR", "LR_unknown/X4"), ("", "LR_bicubic/X4"), ("", "LR"), ("", "X4"), ("Flickr2K_HR", "Flickr2K_LR_bicubic/X4"),
        ("DIV2K_valid_HR", "DIV2K_valid_LR_bicubic/X4"), ("DIV2K_valid_HR", "DIV2K_valid_LR_bicubic_X4"),
        ("DIV2K_valid_HR", "DIV2K_valid_LR_x4"), ("div2k_valid_hr", "DIV2K_VALID_LR_BICUBIC/x4"),
        ("DIV2K_valid_HR", "LR_bicubic/X4"),
        ("DIV2K_valid_HR", "X4"),
    ])
    func foldersAreFound(truth: String, low: String) throws {
        let folder = TemporaryFolder()
        try folder.pictures(["1", "2"], in: truth)
        try folder.pictures(["1x4", "2x4"], in: low, width: 12, height: 10)
        let set = try PictureSet(forEvaluation: folder.path, scale: 4)
        #expect(set.pictures.compactMap(\.reducedPath).allSatisfy { $0.starts(with: folder.path.appending(low)) })
        #expect(set.pictures.allSatisfy { $0.reducedPath != nil })
        #expect(set.summary.contains("2 pictures, 2 low-resolution ones from \(folder.path)/\(low)"), "\(set.summary)")
    }

    @Test(arguments: [
        "1x4.png", "1_x4.png", "1-x4.png", "1.png", "1X4.png", "1_X4.png", "1x4.PNG", "1.PNG", "1_x4.Png", "1x4m.png", "1x4d.png",
        "1x4w1.png",
    ])
    func filesAreFound(name: String) throws {
        let folder = TemporaryFolder()
        try folder.pictures(["1"], in: "HR")
        try folder.pictures(["t"], in: "LR/X4", width: 12, height: 10)
        try FileManager.default.moveItem(
            atPath: folder.path.appending("LR/X4/t.png").string, toPath: folder.path.appending("LR/X4/\(name)").string)
        #expect(try reduced(folder) == ["LR/X4/" + name])
    }

    /// `a` and `ax4` are two pictures; by the name alone `ax4` could be the low-resolution one of `a`.
    @Test func aFolderHasOneKindOfNames() throws {
        let folder = TemporaryFolder()
        try folder.pictures(["a", "ax4", "b"], in: "HR")
        try folder.pictures(["a", "ax4", "b"], in: "LR", width: 12, height: 10)
        #expect(try reduced(folder) == ["LR/a.png", "LR/ax4.png", "LR/b.png"])
    }

    @Test func bicubicComesFirst() throws {
        let folder = TemporaryFolder()
        try folder.pictures(["a"], in: "HR")
        for low in ["LR_unknown/X4", "LR", "X4", "LR_bicubic/X4", "LR_bicubic/X2", "LR_mild"] {
            try folder.pictures(["ax4"], in: low, width: 12, height: 10)
        }
        #expect(try reduced(folder) == ["LR_bicubic/X4/ax4.png"])
        try folder.remove("LR_bicubic/X4")
        #expect(try reduced(folder) == ["LR/ax4.png"])
    }

    @Test func foldersOfOtherScalesAreForOthers() throws {
        let folder = TemporaryFolder()
        try folder.pictures(["a"], in: "HR")
        for low in ["LR_bicubic/X2", "LRbicx3", "x8", "results_x4", "lroad"] {
            try folder.pictures(["ax2"], in: low, width: 24, height: 20)
        }
        #expect(try reduced(folder) == [nil])
        let set = try PictureSet(forEvaluation: folder.path, scale: 4)
        #expect(set.summary == "\(folder.path)/HR: 1 picture, their low-resolution ones made by bicubic reduction")
    }

    @Test func someMissingAreAnError() throws {
        let folder = TemporaryFolder()
        try folder.pictures(["1", "2", "3"], in: "HR")
        try folder.pictures(["1x4"], in: "LR_bicubic/X4", width: 12, height: 10)
        let expected =
            "\(folder.path)/LR_bicubic/X4: 2 of 3 pictures have no low-resolution one in this folder, first "
            + "\(folder.path)/HR/2.png: looked for 2x4.png, 2_x4.png, 2-x4.png, 2.png; add what is missing, or move the folder "
            + "away to have all made"
        #expect(errorText { _ = try reduced(folder) } == expected)
        #expect(errorText { _ = try DataFolder(folder.path, scale: 4) } == expected)
    }

    @Test(arguments: ["LR", "LR_bicubic", "LR_bicubic/X4", "X4"])
    func aFolderThatDoesNotFitIsAnError(low: String) throws {
        let folder = TemporaryFolder()
        try folder.pictures(["1"], in: "HR")
        try FileManager.default.createDirectory(atPath: folder.path.appending(low).string, withIntermediateDirectories: true)
        let text = errorText { _ = try reduced(folder) }
        #expect(text.hasPrefix("\(folder.path)/\(low): 1 of 1 pictures have no low-resolution one"), "\(text)")
        try folder.pictures(["other"], in: low, width: 12, height: 10)
        #expect(errorText { _ = try reduced(folder) } == text)
    }

    @Test func aFolderThatIsNamedIsTaken() throws {
        let folder = TemporaryFolder(), other = TemporaryFolder()
        try folder.pictures(["1", "2"], in: "DIV2K_valid_HR")
        try folder.pictures(["1", "2"], in: "DIV2K_valid_LR_bicubic/X4", width: 12, height: 10)
        try other.pictures(["1", "2"], in: "x4", width: 12, height: 10)
        for path in [other.path, other.path.appending("x4")] {
            let set = try PictureSet(forEvaluation: folder.path, scale: 4, reducedFolder: path)
            #expect(set.pictures.map(\.reducedPath) == ["x4/1.png", "x4/2.png"].map(other.path.appending))
        }
        try other.remove("x4/2.png")
        let text = errorText { _ = try PictureSet(forEvaluation: folder.path, scale: 4, reducedFolder: other.path) }
        #expect(text.hasPrefix("\(other.path)/x4: 1 of 2 pictures have no low-resolution one"), "\(text)")
        let missing = errorText { _ = try PictureSet(forEvaluation: folder.path, scale: 4, reducedFolder: "/no/such") }
        #expect(missing == "/no/such: there is no such folder; is the name right?")
    }

    @Test func setsThatAreTrainedOnTogether() throws {
        let folder = TemporaryFolder()
        try folder.pictures(["0001", "0002"], in: "DIV2K_train_HR")
        try folder.pictures(["000001"], in: "Flickr2K_HR")
        try folder.pictures(["000001x4"], in: "Flickr2K_LR_bicubic/X4", width: 12, height: 10)
        let data = try DataFolder(folder.path, scale: 4)
        #expect((data.training + data.validation).count == 3 && data.summary.count == 2)
        // A folder without a set's beginning is nobody's where there are two.
        try folder.pictures(["0001x4"], in: "LR_bicubic/X4", width: 12, height: 10)
        #expect(try DataFolder(folder.path, scale: 4) == data)
    }

    @Test func whatIsNoPictureIsLeftOutAndSaid() throws {
        let folder = TemporaryFolder()
        try folder.pictures(["a", "b"])
        for name in [".DS_Store", "Thumbs.db", "list.csv"] { try folder.write("x", to: name) }
        try folder.write("\0\u{5}", to: "._a.png")
        for name in ["folder.png", "sub", "sub/LR"] {
            try FileManager.default.createDirectory(
                atPath: folder.path.appending(name).string, withIntermediateDirectories: false)
        }
        #expect(mkfifo(folder.path.appending("pipe.png").string, 0o600) == 0)
        try FileManager.default.createSymbolicLink(atPath: folder.path.appending("link.png").string, withDestinationPath: "a.png")
        try FileManager.default.createSymbolicLink(
            atPath: folder.path.appending("gone.png").string, withDestinationPath: "nowhere.png")
        try FileManager.default.moveItem(
            atPath: folder.path.appending("b.png").string, toPath: folder.path.appending("b.PNG").string)
        let set = try PictureSet(forEvaluation: folder.path, scale: 4)
        #expect(set.pictures.map(\.name) == ["a", "b", "link"])
        #expect(set.summary.hasSuffix("; left out, being no files: folder.png, gone.png, pipe.png"), "\(set.summary)")
    }
}
