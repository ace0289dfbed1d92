import Foundation
import GraphImaging
import GraphModel
import GraphPack
import GraphTestSupport
import SystemPackage
import Testing

@testable import GraphTraining

struct DataFolderTests {
    @Test func aPlainFolderHoldsOutATenthOfItsPictures() throws {
        let folder = TemporaryFolder()
        let names = (1...23).map { String(format: "%04d", $0) }
        try folder.pictures(names, width: 8, height: 8)
        try folder.write("not a picture", to: "notes.txt")
        let data = try DataFolder(folder.path, scale: 4)
        #expect(data.training.count == 21)
        #expect(data.validation.count == 2)
        #expect(Set((data.training + data.validation).map(\.name.string)) == Set(names))
        #expect(try DataFolder(folder.path, scale: 4) == data)
        #expect(data.training.allSatisfy { $0.reducedPath == nil })
        #expect(try DataFolder.forEvaluation(folder.path, scale: 4).map(\.name.string) == names)
    }

    /// As cameras store it: a quarter turn aside, which Exif tells.
    @Test func picturesOfEveryFormatAreTakenUpright() throws {
        let folder = TemporaryFolder()
        let truth = sample(width: 24, height: 16, seed: 3)
        let turned = PictureMetadata(
            exif: [0x49, 0x49, 0x2A, 0, 8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0])
        let encodings = [PictureEncoding(.png), PictureEncoding(.jpeg), PictureEncoding(.webp, quality: .lossless)]
        for encoding in encodings {
            let ending = encoding.format.ending
            let writer = try encoding.writer(
                to: .file(folder.path.appending("\(ending)-picture.\(ending.uppercased())")), size: truth.size, layout: .rgb8,
                metadata: turned)
            try truth.pixels.withUnsafeBytes { pixels in
                for y in 0..<16 { try writer.writeRow(UnsafeRawBufferPointer(rebasing: pixels[y * 72..<(y + 1) * 72])) }
            }
            try writer.finish()
        }
        try folder.pictures(encodings.map { "\($0.format.ending)-picture" }, in: "LR/x2", width: 8, height: 12)
        let data = try DataFolder(folder.path, scale: 2)
        let files = data.training + data.validation
        #expect(Set(files.map(\.name)) == ["png-picture", "jpg-picture", "webp-picture"])
        let upright = truth.rotated(quarterRotations: 1)
        for picture in files {
            #expect(picture.reducedPath != nil)
            let read = try PicturePair(picture, scale: 2).truth
            #expect(read.size == upright.size)
            #expect(try read.psnr(against: upright, on: .rgb, border: 0) > 25, "\(picture.name)")
        }
    }

    @Test func picturesThatDifferByTheirEndingsAloneAreRefused() throws {
        let folder = TemporaryFolder()
        try folder.pictures(["1", "2"], width: 8, height: 8)
        try folder.write("", to: "1.JPG")
        let names = "\(folder.path)/1.JPG and \(folder.path)/1.png"
        #expect(
            errorText { _ = try DataFolder(folder.path, scale: 2) }
                == "\(names) have the same name but for the ending; rename one of them, or take it away")
    }

    @Test(arguments: [2, 3, 9, 10, 19, 20, 100])
    func heldOutPicturesAreATenthAndAtLeastOne(count: Int) {
        let tenth = max(1, count / 10)
        let (kept, heldOut) = DataFolder.holdOut(tenth, of: Array(0..<count))
        #expect(heldOut.count == tenth)
        #expect((kept + heldOut).sorted() == Array(0..<count))
    }

    @Test func theLayoutOfDIV2KIsRead() throws {
        let folder = TemporaryFolder()
        try folder.pictures(["0001", "0002"], in: "DIV2K_train_HR")
        try folder.pictures(["0001x4", "0002x4"], in: "DIV2K_train_LR_bicubic/X4", width: 12, height: 10)
        try folder.pictures(["0801"], in: "DIV2K_valid_HR")
        try folder.pictures(["0801x2"], in: "DIV2K_valid_LR_bicubic/X2", width: 24, height: 20)
        let data = try DataFolder(folder.path, scale: 4)
        #expect(data.training.map(\.name) == ["0001", "0002"])
        #expect(data.training[0].reducedPath == folder.path.appending("DIV2K_train_LR_bicubic/X4/0001x4.png"))
        #expect(data.validation.map(\.name) == ["0801"])
        #expect(data.validation[0].reducedPath == nil)
        #expect(
            data.summary == [
                "\(folder.path)/DIV2K_train_HR: 2 pictures, 2 low-resolution ones from "
                    + "\(folder.path)/DIV2K_train_LR_bicubic/X4",
                "\(folder.path)/DIV2K_valid_HR: 1 picture, their low-resolution ones made by bicubic reduction",
            ])
        let atTwo = try DataFolder.forEvaluation(folder.path, scale: 2)
        #expect(atTwo.map(\.reducedPath) == [folder.path.appending("DIV2K_valid_LR_bicubic/X2/0801x2.png")])
    }

    @Test func pairsInTheLayoutOfBenchmarksAreRead() throws {
        let folder = TemporaryFolder()
        try folder.pictures(["baby", "bird"], in: "HR")
        try folder.pictures(["babyx4", "birdx4"], in: "LR_bicubic/X4", width: 12, height: 10)
        let files = try DataFolder.forEvaluation(folder.path, scale: 4)
        #expect(files.map(\.name) == ["baby", "bird"])
        #expect(files.allSatisfy { $0.reducedPath != nil })
    }

    @Test func trainingPicturesWithoutValidationAreEvaluatedOnThoseHeldOut() throws {
        let folder = TemporaryFolder()
        try folder.pictures(["1", "2", "3"], in: "DIV2K_train_HR", width: 8, height: 8)
        let data = try DataFolder(folder.path, scale: 2)
        #expect(try DataFolder.forEvaluation(folder.path, scale: 2) == data.validation)
        #expect(data.validation.count == 1)
    }

    @Test func foldersAreMixed() throws {
        let first = TemporaryFolder(), second = TemporaryFolder()
        try first.pictures(["a", "b", "c"], width: 8, height: 8)
        try second.pictures(["1", "2"], in: "DIV2K_train_HR", width: 16, height: 8)
        try second.pictures(["3"], in: "DIV2K_valid_HR", width: 8, height: 8)
        let mixed = try TrainingData([first.path, second.path], scale: 4)
        let one = try DataFolder(first.path, scale: 4), two = try DataFolder(second.path, scale: 4)
        #expect(mixed.training == one.training + two.training)
        #expect(mixed.validation == one.validation + two.validation)
        let doubled = try TrainingData([first.path, second.path, second.path], scale: 4)
        #expect(doubled.training == mixed.training + two.training)
        #expect(doubled.validation == mixed.validation)

        // Their digest goes with order and contents, not with place or thread count.
        let known = try digest(mixed)
        #expect(try digest(mixed, threadCount: 2) == known)
        #expect(try digest(TrainingData([second.path, first.path], scale: 4)) != known)
        let copies = TemporaryFolder()
        try copies.pictures(["a", "b", "c"], width: 8, height: 8)
        #expect(try digest(TrainingData([copies.path, second.path], scale: 4)) == known)
        try copies.pictures(["c"], width: 8, height: 12)
        #expect(try digest(TrainingData([copies.path, second.path], scale: 4)) != known)
        try second.remove("DIV2K_train_HR/1.png")
        try second.remove("DIV2K_train_HR/2.png")
        try second.write("", to: "DIV2K_train_HR/x.txt")
        #expect(errorText { _ = try TrainingData([second.path], scale: 4) }.contains("there are no PNG, JPEG or WebP files"))
    }

    private func digest(_ data: TrainingData, threadCount: Int = 1) throws -> Digest {
        data.digest(of: try #require(try DigestedFiles(data.filePaths, threadCount: threadCount)))
    }

    @Test func aReducedPictureIsReadOrMade() throws {
        let folder = TemporaryFolder()
        try folder.pictures(["a"], width: 50, height: 43)
        let truthPath = folder.path.appending("a.png")
        let made = try PicturePair(PictureFiles(name: "a", truthPath: truthPath, reducedPath: nil), scale: 4)
        let truth = sample(width: 50, height: 43, seed: 0).cropped(x: 0, y: 0, width: 48, height: 40)
        #expect(made.truth == truth)
        #expect(made.reduced == truth.bicubicReduction(scale: 4))

        let other = sample(width: 12, height: 10, seed: 5)
        try other.writePNG(to: folder.path.appending("ax4.png"))
        let read = try PicturePair(
            PictureFiles(name: "a", truthPath: truthPath, reducedPath: folder.path.appending("ax4.png")), scale: 4)
        #expect(read.reduced == other)
    }

    @Test func aMissingFolderIsNamed() {
        let expected = "/no/such: there is no such folder; is the name right?"
        #expect(errorText { _ = try DataFolder("/no/such", scale: 4) } == expected)
    }

    @Test func aFileInPlaceOfAFolderIsNamed() throws {
        let folder = TemporaryFolder()
        try folder.write("", to: "file")
        let expected = "\(folder.path)/file: is a file; name a folder"
        #expect(errorText { _ = try DataFolder(folder.path.appending("file"), scale: 4) } == expected)
    }

    @Test func aFolderWithoutPicturesIsNamed() throws {
        let folder = TemporaryFolder()
        let expected =
            "\(folder.path): there are no PNG, JPEG or WebP files in this folder: it is empty; convert pictures to PNG first"
        #expect(errorText { _ = try DataFolder(folder.path, scale: 4) } == expected)
        try folder.write("", to: "photo.gif")
        #expect(errorText { _ = try DataFolder(folder.path, scale: 4) }.contains("it holds 'photo.gif'"))
    }

    @Test func onePictureIsTooFew() throws {
        let folder = TemporaryFolder()
        try folder.pictures(["a"], width: 8, height: 8)
        let expected = "\(folder.path): one picture cannot be trained on and validated on; add another"
        #expect(errorText { _ = try DataFolder(folder.path, scale: 4) } == expected)
    }

    @Test func allPicturesSmallerThanTheCropAreNamed() throws {
        let folder = TemporaryFolder()
        try folder.pictures(["a", "b"], width: 96, height: 96)
        try folder.pictures(["c"], width: 90, height: 120)
        let data = try TrainingData([folder.path], scale: 4)
        #expect(
            errorText { _ = try data.reducedSizes(Recipe(), scale: 4, from: DigestedFiles()) }
                == "\(folder.path)/c.png (90×120): smaller than the crop of 96×96 pixels; remove the picture "
                + "or choose a smaller crop")
        // One that is held out, too: without the others it may not be any more.
        try folder.pictures(["b"], width: 8, height: 9)
        #expect(
            errorText { _ = try data.reducedSizes(Recipe(), scale: 4, from: DigestedFiles()) }
                == "\(folder.path)/b.png (8×9), \(folder.path)/c.png (90×120): smaller than the crop of 96×96 pixels; "
                + "remove these 2 pictures or choose a smaller crop")
    }

    /// Whatever keeps a picture from being used, headers and pixels each in one go.
    @Test func allUnusablePicturesAreNamedAtOnce() throws {
        var run = try SmallRun(["a", "b", "c", "d", "e"])
        let pictures = run.path("pictures")
        func cut(_ name: String, to byteCount: Int) throws {
            let bytes = try run.folder.bytes("pictures/\(name).png")
            try bytes.prefix(byteCount).write(to: URL(fileURLWithPath: pictures.appending("\(name).png").string))
        }
        // Of these, headers tell: one for validation, one that is no picture, one that is small.
        let validation = try #require(TrainingData([pictures], scale: 2).validation.first)
        #expect(validation.name == "c")
        try cut("c", to: 20)
        try run.folder.write("no picture", to: "pictures/b.png")
        try run.folder.pictures(["a"], in: "pictures", width: 40, height: 15)
        let headers = errorText { try run.begin(in: "out") }
        #expect(headers.hasPrefix("several pictures cannot be used: \(pictures)/a.png (40×15): smaller than the crop of 16×16"))
        #expect(
            headers.contains("; \(pictures)/b.png: is a text, not a PNG")
                && headers.contains("; \(pictures)/c.png: the file is cut"))

        // Of these, rows: two to train on, one for validation.
        try run.folder.pictures(["a", "b", "c"], in: "pictures")
        for name in ["a", "c", "e"] { try cut(name, to: 120) }
        for kind in Validation.Kind.allCases {
            run.recipe.validation = kind
            let rows = errorText { try run.begin(in: "out") }
            #expect(rows.hasPrefix("several pictures cannot be used: \(pictures)/a.png: the file is cut short"))
            for name in ["c", "e"] { #expect(rows.contains("; \(pictures)/\(name).png: the file is cut short"), "\(rows)") }
        }
    }

    @Test func ofManyUnusablePicturesSomeAreNamed() throws {
        let folder = TemporaryFolder()
        let names = (10..<40).map { "\($0)" }
        try folder.pictures(names, width: 8, height: 8)
        let data = try TrainingData([folder.path], scale: 4)
        let small = errorText { _ = try data.reducedSizes(Recipe(), scale: 4, from: DigestedFiles()) }
        #expect(
            small.hasSuffix(
                "/19.png (8×8), and 20 more: smaller than the crop of 96×96 pixels; remove these 30 pictures or "
                    + "choose a smaller crop"))
        for name in names { try folder.write("", to: "\(name).png") }
        let unreadable = errorText { _ = try data.reducedSizes(Recipe(), scale: 4, from: DigestedFiles()) }
        #expect(unreadable.hasSuffix("/19.png: the file is empty; and 20 more"))
    }

    @Test func aPictureSmallerThanTheScaleIsNamed() throws {
        let folder = TemporaryFolder()
        try folder.pictures(["a"], width: 3, height: 120)
        let files = PictureFiles(name: "a", truthPath: folder.path.appending("a.png"), reducedPath: nil)
        let expected = "\(folder.path)/a.png: 3×120 pixels are too few for a scale of 4"
        #expect(errorText { _ = try files.checkedSize(scale: 4) } == expected)
    }

    @Test func reducedPicturesOfAnotherSizeAreNamed() throws {
        let folder = TemporaryFolder()
        try folder.pictures(["a", "b"])
        try folder.pictures(["b"], width: 50, height: 43)
        try folder.pictures(["ax4", "bx4"], width: 13, height: 10)
        func files(_ name: String) -> PictureFiles {
            PictureFiles(
                name: FilePath(name), truthPath: folder.path.appending("\(name).png"),
                reducedPath: folder.path.appending("\(name)x4.png"))
        }
        let even =
            "\(folder.path)/ax4.png: 13×10 pixels are not those of \(folder.path)/a.png divided by 4, 12×10; put the right "
            + "picture there, or move its folder away to have all made"
        #expect(errorText { _ = try files("a").checkedSize(scale: 4) } == even)
        #expect(errorText { _ = try PicturePair(files("a"), scale: 4) } == even)
        // One side cut and the other one rounded up is no reduction that anything makes.
        #expect(errorText { _ = try files("b").checkedSize(scale: 4) }.contains("divided by 4, 12×10 or, rounded up, 13×11; "))
    }

    @Test func reducedPicturesOfSidesRoundedUpAreUsed() throws {
        let folder = TemporaryFolder()
        try folder.pictures(["a"], in: "HR", width: 50, height: 43)
        let truth = try Picture(contentsOf: folder.path.appending("HR/a.png"))
        // As MATLAB reduces the whole picture.
        let reduced = truth.bicubicReduction(scale: 4)
        try FileManager.default.createDirectory(atPath: folder.path.appending("LR").string, withIntermediateDirectories: false)
        try reduced.writePNG(to: folder.path.appending("LR/a.png"))
        let files = try DataFolder.forEvaluation(folder.path, scale: 4)[0]
        #expect(try files.checkedSize(scale: 4) == PictureSize(width: 48, height: 40))
        let pair = try PicturePair(files, scale: 4)
        #expect(pair.truth == truth.cropped(x: 0, y: 0, width: 48, height: 40))
        #expect(pair.reduced == reduced.cropped(x: 0, y: 0, width: 12, height: 10))
        let part = try PicturePair(files, scale: 4, reducedRows: 2..<10, reducedColumns: 5..<12, from: DigestedFiles())
        #expect(part.reduced == reduced.cropped(x: 5, y: 2, width: 7, height: 8))
        #expect(part.truth == truth.cropped(x: 20, y: 8, width: 28, height: 32))
    }

    @Test func sampleFoldersAreNotOverwritten() throws {
        let folder = TemporaryFolder()
        let path = folder.path.appending("new/pictures")
        try makeSamplePictures(in: path, count: 2, width: 24, height: 16, seed: 3)
        let picture = try Picture(contentsOf: path.appending("0002.png"))
        #expect(picture == Picture(syntheticWidth: 24, height: 16, seed: 4))
        let text = errorText { try makeSamplePictures(in: path, count: 3, width: 24, height: 16, seed: 0) }
        #expect(text == "\(path)/0001.png: the file is there already; name an empty folder")
    }
}

/// Names of pictures and folders are bytes.
@Suite struct DataNameTests {
    @Test func picturesOfAllNamesHaveTheirOwn() throws {
        let folder = TemporaryFolder()
        let names = [
            Array("\u{E9}".utf8), Array("e\u{301}".utf8), [0xCC, 0x81], [0x61, 0xE9], [0x61, 0xE8], Array("a\nb".utf8),
        ]
        for part in ["HR", "LR", "LR/X2"] {
            try FileManager.default.createDirectory(atPath: folder.file(part).string, withIntermediateDirectories: true)
        }
        for (index, name) in names.enumerated() {
            let truth = sample(width: 48, height: 40, seed: index)
            try truth.writePNG(to: folder.file(named: Array("HR/".utf8) + name + Array(".png".utf8)))
            try truth.bicubicReduction(scale: 2)
                .writePNG(to: folder.file(named: Array("LR/X2/".utf8) + name + Array("x2.png".utf8)))
        }
        let pictures = try DataFolder.forEvaluation(folder.path, scale: 2)
        #expect(Set(pictures.map(\.name)) == Set(names.map { FilePath(bytes: $0) }) && pictures.count == names.count)
        for picture in pictures {
            let pair = try PicturePair(picture, scale: 2)
            #expect(pair.reduced == pair.truth.bicubicReduction(scale: 2))
        }
    }

    @Test func aCheckpointKeepsItsFolders() throws {
        let run = try SmallRun()
        let paths: [FilePath] = [FilePath(bytes: [0x64, 0xE9, 0x0A]), "e\u{301}", "\u{E9}", "a\r", "\u{10F7E9}"]
        for paths in [paths, Array(paths.dropFirst().prefix(2)), [paths[4], paths[1]]] {
            let start = try Checkpoint(beginning: run.model, run.recipe, dataPaths: paths)
            try start.pack.write(to: run.path("last.gpack"))
            #expect(try Checkpoint(contentsOf: run.path("last.gpack")).dataPaths == paths)
        }
    }

    @Test func aRunInFoldersThatAreNoText() throws {
        let run = try SmallRun()
        let folder = run.folder.file(named: [0x72, 0xE9])
        let data = try TrainingData([run.path("pictures")], scale: 2)
        let start = try Checkpoint(beginning: run.model, run.recipe, dataPaths: data.paths)
        _ = try TrainingRun(start, data: data, run.options, folder: RunFolder(folder, overwriting: false)).run { _ in }
        #expect(try Model(contentsOf: RunFolder(resuming: folder).bestPath).compiled.name == "small")
    }
}
