import Foundation
import GraphImaging
import GraphTestSupport
import SystemPackage
import Testing

@testable import GraphTraining

struct PreparationTests {
    private func options(_ scales: [Int] = [2, 3, 4], _ validation: String = "0.1") throws -> PreparationOptions {
        var options = PreparationOptions()
        options.scales = scales
        options.validation = try #require(PreparationOptions.ValidationAmount(validation))
        options.threadCount = 2
        return options
    }

    private func photograph(_ seed: UInt64, width: Int = 121, height: Int = 110) -> Picture {
        Picture(syntheticWidth: width, height: height, seed: seed)
    }

    /// A folder `photos` of photographs that are good for a set, `1.png` and so on.
    private func photographs(_ count: Int) throws -> TemporaryFolder {
        let folder = TemporaryFolder()
        try FileManager.default.createDirectory(
            atPath: folder.path.appending("photos/sub").string, withIntermediateDirectories: true)
        for number in 1...count { try photograph(UInt64(number)).writePNG(to: folder.path.appending("photos/\(number).png")) }
        return folder
    }

    private func files(_ folder: TemporaryFolder, _ name: String = "set") -> [String] {
        let all = FileManager.default.subpaths(atPath: "\(folder.path)/\(name)") ?? []
        return all.filter { $0.hasSuffix(".png") || $0.hasSuffix(".csv") }.sorted()
    }

    @Test func aSetInTheLayoutOfDIV2KIsMade() throws {
        let folder = try photographs(4)
        let set = folder.path.appending("set")
        let preparation = try Preparation([folder.path.appending("photos")], into: set, options())
        let outcome = try preparation.write(to: set)
        #expect(outcome.writtenCount == 16 && outcome.presentCount == 0)
        let train = ["0001", "0002", "0003"], valid = ["0004"]
        let expected = [("train", train), ("valid", valid)].flatMap { part, names in
            names.flatMap { name in
                ["DIV2K_\(part)_HR/\(name).png"] + [2, 3, 4].map { "DIV2K_\(part)_LR_bicubic/X\($0)/\(name)x\($0).png" }
            }
        }
        #expect(files(folder) == (expected + ["pictures.csv"]).sorted())
        // One of the middle is held out; sides are multiples of 12.
        #expect(preparation.kept.map { $0.source.lastComponent } == ["1.png", "2.png", "4.png", "3.png"])
        let truth = try Picture(contentsOf: set.appending("DIV2K_train_HR/0002.png"))
        #expect(truth == photograph(2).cropped(x: 0, y: 0, width: 120, height: 108))
        #expect(
            try Picture(contentsOf: set.appending("DIV2K_train_LR_bicubic/X3/0002x3.png")) == truth.bicubicReduction(scale: 3))
        // Training and evaluation find it all.
        for scale in [2, 3, 4] {
            let data = try DataFolder(set, scale: scale)
            #expect(data.training.count == 3 && data.validation.count == 1)
            #expect((data.training + data.validation).allSatisfy { $0.reducedPath != nil })
            #expect(try (data.training + data.validation).allSatisfy { try $0.checkedSize(scale: scale).width == 120 })
        }
        let lines = try String(contentsOfFile: set.appending("pictures.csv").string, encoding: .utf8).split(separator: "\n")
        #expect(lines.count == 5 && lines[0] == "picture,set,width,height,sha256,source,reason")
        #expect(lines[4].hasPrefix("0004,validation,120,108,") && lines[4].hasSuffix("/photos/3.png,"))
    }

    @Test func longPhotographsAreReducedBeforeTheyAreCut() throws {
        let folder = try photographs(2)
        try photograph(7, width: 300, height: 412).writePNG(to: folder.path.appending("photos/7.png"))
        let set = folder.path.appending("set")
        var options = try options([2], "0")
        options.longestSide = 206
        let preparation = try Preparation([folder.path.appending("photos")], into: set, options)
        _ = try preparation.write(to: set)
        // 412 to 206 takes 300 to 150; what is no longer stays as it is.
        #expect(preparation.kept.map(\.size.width) == [120, 120, 150])
        let truth = try Picture(contentsOf: set.appending("DIV2K_train_HR/0003.png"))
        #expect(truth == photograph(7, width: 300, height: 412).bicubicReduction(scale: 2))
        options.longestSide = nil
        let whole = try Preparation([folder.path.appending("photos")], into: set, options)
        #expect(throws: TrainingError.self) { try whole.write(to: set) }
    }

    @Test func anInterruptedRunGoesOnAndNothingIsWrittenOver() throws {
        let folder = try photographs(3)
        let set = folder.path.appending("set")
        func prepare(_ options: PreparationOptions) throws -> Preparation.Outcome {
            try Preparation([folder.path.appending("photos")], into: set, options).write(to: set)
        }
        _ = try prepare(options([2]))
        let before = files(folder)
        // What is there is not looked at again; what is missing is made.
        try folder.write("as it was", to: "set/DIV2K_train_HR/0001.png")
        let made = try folder.bytes("set/DIV2K_train_LR_bicubic/X2/0002x2.png")
        try folder.remove("set/DIV2K_train_LR_bicubic/X2/0002x2.png")
        let outcome = try prepare(options([2]))
        #expect(outcome.writtenCount == 1 && outcome.presentCount == 5)
        #expect(files(folder) == before)
        #expect(try folder.bytes("set/DIV2K_train_HR/0001.png") == Data("as it was".utf8))
        #expect(try folder.bytes("set/DIV2K_train_LR_bicubic/X2/0002x2.png") == made)

        let other =
            "\(set)/pictures.csv: the set in this folder was made of other photographs, or otherwise; name another "
            + "folder, or the same photographs and options to go on with it"
        #expect(errorText { _ = try prepare(options([2], "2")) } == other)
        try photograph(9).writePNG(to: folder.path.appending("photos/9.png"))
        #expect(errorText { _ = try prepare(options([2])) } == other)
        try folder.remove("set/pictures.csv")
        #expect(
            errorText { _ = try prepare(options([2])) }
                == "\(set)/DIV2K_train_HR: holds pictures that were not made here; name another folder")
        #expect(files(folder) == before.filter { $0 != "pictures.csv" })
    }

    @Test func whatIsNotGoodIsDropped() throws {
        let folder = try photographs(3)
        let photos = folder.path.appending("photos")
        try photograph(1).writePNG(to: photos.appending("sub/same.png"))
        var bright = photograph(2)
        bright.pixels = bright.pixels.map { UInt8(min(255, Int($0) + 3)) }
        try bright.writePNG(to: photos.appending("sub/bright.png"))
        try photograph(7, width: 95, height: 300).writePNG(to: photos.appending("narrow.png"))
        try Picture(width: 130, height: 130, fill: .init(red: 9, green: 80, blue: 7)).writePNG(to: photos.appending("plain.png"))
        try folder.write("no picture", to: "photos/notes.txt")
        try folder.write("hidden", to: "photos/.DS_Store")
        _ = folder.file("photos/photo.jpg", holding: [0xFF, 0xD8, 0xFF, 0xE0, 0, 0, 0, 0, 0])
        let preparation = try Preparation([folder.path.appending("photos")], into: folder.path.appending("set"), options())
        let dropped = preparation.dropped.map { "\("\($0.source)".dropFirst("\(photos)/".count)): \($0.reason)" }
        #expect(
            dropped == [
                "narrow.png: too small: 95×300 pixels, where a side must have 96",
                "notes.txt: is a text, not a PNG, JPEG or WebP file", "photo.jpg: the file is cut short in its header",
                "plain.png: flat: bicubic enlargement x4 reaches inf dB, and nothing is left to learn",
                "sub/bright.png: looks like \(photos)/2.png", "sub/same.png: the same pixels as \(photos)/1.png",
            ])
        #expect(preparation.kept.count == 3)
    }

    @Test func filesAreFoundOnceAndNeverInTheSet() throws {
        let folder = try photographs(2)
        let photos = folder.path.appending("photos")
        try photograph(3).writePNG(to: photos.appending("sub/3.png"))
        try FileManager.default.createSymbolicLink(atPath: photos.appending("sub/loop").string, withDestinationPath: "..")
        #expect(mkfifo(photos.appending("pipe.png").string, 0o600) == 0)
        let set = photos.appending("set")
        for _ in 1...2 {
            let preparation = try Preparation(
                [photos.appending("1.png"), photos, photos.appending("2.png")], into: set, options([2]))
            #expect(preparation.kept.count == 3 && preparation.dropped.isEmpty)
            _ = try preparation.write(to: set)
        }
    }

    @Test func tooFewPhotographsAreNamed() throws {
        let folder = try photographs(2)
        func text(_ paths: [FilePath], _ amount: String = "0.1") -> String {
            errorText { _ = try Preparation(paths, into: folder.path.appending("set"), options([2], amount)) }
        }
        let photos = folder.path.appending("photos")
        #expect(text(["/no/such"]) == "/no/such: no such file; is the name right?")
        #expect(text([photos.appending("sub")]) == "\(photos)/sub: there are no files; name photographs, or folders of them")
        let one = "1 of 1 photographs is good for a data set, and it takes 2; add others"
        #expect(text([photos.appending("1.png")]) == one)
        #expect(text([photos], "2") == "2 of 2 photographs are good for a data set, and it takes 3; add others")
        #expect(text([photos], "0") == "no error")
        #expect(!FileManager.default.fileExists(atPath: folder.path.appending("set").string))
    }

    @Test func aPhotographThatChangesMeanwhileIsNamed() throws {
        let folder = try photographs(2)
        let preparation = try Preparation([folder.path.appending("photos")], into: folder.path.appending("set"), options([2]))
        try photograph(8).writePNG(to: folder.path.appending("photos/1.png"))
        let text = errorText { _ = try preparation.write(to: folder.path.appending("set")) }
        #expect(text.hasSuffix("/photos/1.png: the photograph was changed meanwhile; begin again in another folder"), "\(text)")
    }

    @Test(arguments: [("0.1", 100, 10), ("0.1", 3, 1), ("0", 50, 0), ("0.0", 50, 0), ("7", 50, 7), ("0.25", 10, 3)])
    func amountsForValidation(_ text: String, _ kept: Int, _ count: Int) throws {
        #expect(try #require(PreparationOptions.ValidationAmount(text)).count(of: kept) == count)
    }

    @Test(arguments: ["", "-1", "1.0", "1.5", "nan", "inf", "ten", "10%"])
    func otherTextsAreNoAmounts(_ text: String) { #expect(PreparationOptions.ValidationAmount(text) == nil) }
}
