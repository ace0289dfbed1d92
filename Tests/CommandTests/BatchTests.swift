import Foundation
import GraphImaging
import SystemPackage
import Testing

/// `graphrun infer` with folders, many pictures, streams and formats.
struct BatchTests {
    private let place: Workplace

    init() throws {
        place = try Workplace()
        _ = try place.graphc("compile", Models.path("espcn"), "-o", "model.gpack").success()
        try FileManager.default.createDirectory(at: place.url("in/deep/deeper"), withIntermediateDirectories: true)
    }

    /// Writes a synthetic picture in the format of its name.
    private func picture(_ name: String, width: Int = 6, height: Int = 5) throws {
        let encoding = try PictureEncoding(endingOf: FilePath(name))
        let writer = try encoding.writer(
            to: .file(place.path(name)), size: PictureSize(width: width, height: height), layout: .rgb8,
            metadata: PictureMetadata())
        let row = (0..<3 * width).map { UInt8($0 * 7 % 256) }
        for _ in 0..<height { try row.withUnsafeBytes { try writer.writeRow($0) } }
        try writer.finish()
    }

    private func infer(_ arguments: String...) throws -> Finished {
        try place.graphrun(["infer", "model.gpack"] + arguments)
    }

    private func size(_ name: String) throws -> PictureSize { try Picture(contentsOf: place.path(name)).size }

    private func names(in folder: String) -> [String] {
        (FileManager.default.enumerator(atPath: place.url(folder).path)?.allObjects as? [String] ?? [])
            .filter { $0.contains(".") }.sorted()
    }

    @Test func aFolderIsEnlargedWithItsTree() throws {
        for name in ["in/1.png", "in/2.jpg", "in/deep/3.webp", "in/deep/deeper/4.PNG", "in/.hidden.png"] { try picture(name) }
        for name in ["in/Thumbs.db", "in/.DS_Store", "in/deep/notes.txt"] { _ = try place.file(name, "no picture".utf8) }
        _ = try place.file("in/deep/page.png", "<!DOCTYPE html>".utf8)
        _ = try place.file("in/deep/cut.jpg", try place.bytes("in/2.jpg").dropLast(40))
        let finished = try infer("in", "-o", "out")
        #expect(finished.status == 1)
        #expect(finished.output.split(separator: "\n").count == 4)
        #expect(names(in: "out") == ["1.png", "2.jpg", "deep/3.webp", "deep/deeper/4.PNG"])
        for name in names(in: "out") { #expect(try size("out/\(name)") == PictureSize(width: 18, height: 15)) }
        let errors = finished.errors.split(separator: "\n")
        #expect(errors.count == 3)
        #expect(errors.contains { $0.hasPrefix("graphrun: in/deep/cut.jpg: the file is cut short") })
        #expect(errors.contains { $0.hasPrefix("graphrun: in/deep/page.png: is an HTML page, not a PNG, JPEG or WebP file") })
        #expect(
            errors.last == "graphrun: 4 pictures enlarged, 4 files that are no picture passed over, 2 of 6 pictures are left out")
    }

    /// Several processes take a share each, by pixels; what one of them did not do, another run of it does.
    @Test func processesDivideAFolder() throws {
        for (index, side) in [40, 4, 6, 8, 10, 12, 14].enumerated() { try picture("in/\(index).png", width: side, height: side) }
        _ = try place.file("in/deep/cut.png", try place.bytes("in/1.png").dropLast(40))
        let first = try infer("in", "-o", "out", "--part", "1/2")
        // The largest alone, since the others together have no more pixels.
        #expect(names(in: "out") == ["0.png"])
        #expect(first.status == 0 && first.errors == "graphrun: part 1/2, 1 picture enlarged\n")
        let second = try infer("in", "-o", "out", "--part", "2/2")
        #expect(second.status == 1 && names(in: "out") == (0...6).map { "\($0).png" })
        #expect(second.errors.hasSuffix("graphrun: part 2/2, 6 pictures enlarged, 1 of 7 pictures are left out\n"))
        try FileManager.default.removeItem(at: place.url("out/3.png"))
        let again = try infer("in", "-o", "out", "--part", "2/2")
        #expect(again.errors.hasSuffix("part 2/2, 1 picture enlarged, 5 finished before, 1 of 2 pictures are left out\n"))
        let single = try infer("in/1.png", "-o", "big.png", "--part", "1/2")
        #expect(single.status == 1 && single.errors == "graphrun: in/1.png: is one picture, and --part divides several\n")
        #expect(try infer("in", "-o", "out", "--part", "3/2").status == 64)
    }

    @Test func whatIsFinishedIsSkippedUnlessItIsToBeMadeAnew() throws {
        for name in ["in/1.png", "in/2.png", "in/deep/3.png"] { try picture(name) }
        #expect(try infer("in", "-o", "out").status == 0)
        let before = try place.bytes("out/1.png")
        _ = try place.file("out/1.png", "kept".utf8)
        try FileManager.default.removeItem(at: place.url("out/deep/3.png"))
        let again = try infer("in", "-o", "out")
        #expect(again.status == 0 && again.output.hasPrefix("in/deep/3.png 6×5 -> out/deep/3.png"))
        #expect(again.errors == "graphrun: 1 picture enlarged, 2 finished before\n")
        #expect(try place.text("out/1.png") == "kept")
        #expect(try infer("in", "-o", "out", "--overwrite").output.split(separator: "\n").count == 3)
        #expect(try place.bytes("out/1.png") == before)
    }

    /// However many are worked on at once, and on however many threads, the bytes are the same.
    @Test func manyPicturesGiveTheBytesThatEachGivesByItself() throws {
        let names = (1...9).map { "in/\($0).png" }
        for (index, name) in names.enumerated() { try picture(name, width: 3 + index % 3, height: 4) }
        for threads in ["1", "2", "5"] {
            #expect(try infer("in", "-o", "out\(threads)", "--threads", threads).status == 0)
        }
        for name in names {
            _ = try infer(name, "-o", "one.png").success()
            for threads in ["1", "2", "5"] {
                #expect(try place.bytes("out\(threads)" + name.dropFirst(2)) == place.bytes("one.png"))
            }
        }
    }

    @Test func theFormatIsThatOfTheNameOrOfThePicture() throws {
        try picture("in/a.jpg")
        try FileManager.default.moveItem(at: place.url("in/a.jpg"), to: place.url("in/really.png"))
        try FileManager.default.copyItem(at: place.url("in/really.png"), to: place.url("in/nameless"))
        #expect(try infer("in", "-o", "out").status == 0)
        #expect(names(in: "out") == ["nameless.jpg", "really.jpg"])
        #expect(try infer("in", "-o", "web", "-f", "webp", "--quality", "40").status == 0)
        #expect(names(in: "web") == ["nameless.webp", "really.webp"])
        #expect(try PictureSource(path: place.path("web/really.webp")).format == .webp)
        _ = try infer("in/really.png", "-o", "big.png").success()
        #expect(try PictureSource(path: place.path("big.png")).format == .png)
        #expect(try infer("in/really.png", "-o", "big.doc").failure().contains("big.doc: pictures are written as PNG"))
        #expect(try infer("in/really.png", "-o", "b.jpg", "--quality", "101").status == 64)
    }

    /// What is named is never passed over, be it beside a folder, and a pipe is read once.
    @Test func namedInputsBesideAFolder() throws {
        try picture("in/1.png")
        try picture("2.png")
        let missing = try infer("missing", "in", "-o", "out")
        #expect(missing.status == 1 && missing.errors.contains("graphrun: missing: no such file"))
        let piped = try place.bash("mkfifo pipe.png; cat 2.png >pipe.png & graphrun infer model.gpack pipe.png in -o both")
        #expect(piped.status == 0 && names(in: "both") == ["1.png", "pipe.png"])
    }

    @Test func lossesAreSaid() throws {
        let writer = try PNGWriter(
            to: .file(place.path("soft.png")), width: 1, height: 1, layout: PixelLayout(hasAlpha: true, bitDepth: 8))
        try [UInt8]([200, 100, 0, 128]).withUnsafeBytes { try writer.writeRow($0) }
        try writer.finish()
        let finished = try infer("soft.png", "-o", "soft.jpg")
        #expect(finished.status == 0)
        #expect(finished.errors == "graphrun: soft.png: JPEG has no transparency: the picture is laid on white\n")
    }

    @Test func programsReadJSONLines() throws {
        try picture("in/1.png")
        _ = try place.file("in/2.png", [])
        let finished = try infer("in", "-o", "out", "--json")
        #expect(finished.status == 1 && finished.errors.isEmpty)
        let events = try finished.output.split(separator: "\n").map { line in
            try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        }
        #expect(Set(events.compactMap { $0["event"] as? String }) == ["picture", "error", "end"])
        let picture = try #require(events.first { $0["event"] as? String == "picture" })
        #expect(picture["source"] as? String == "in/1.png" && picture["width"] as? Int == 18)
        #expect(events.last?["errors"] as? Int == 1 && events.last?["pictures"] as? Int == 1)
    }

    /// One that has no result keeps none of the others.
    @Test func picturesThatWouldShareAResultAreRefused() throws {
        try picture("in/1.png")
        try picture("in/1.jpg")
        try picture("in/2.png")
        let shared = try infer("in", "-o", "out", "-f", "png")
        #expect(shared.status == 1 && shared.errors.contains("in/1.png: would go to out/1.png, as in/1.jpg does; rename one"))
        #expect(shared.errors.contains("2 pictures enlarged, 1 of 3 pictures are left out"), "\(shared.errors)")
        #expect(try infer("in/1.png", "-o", "in/1.png").failure().contains("in/1.png: is an input, too"))
        #expect(try infer("in", "-o", "in/.").failure().contains("in: is read and cannot be written to"))
    }

    /// The result's name is longer than the system allows, since an ending comes to it.
    @Test func aNameThatIsTooLongKeepsNoOtherPicture() throws {
        try picture("in/1.png")
        try place.picture("1", width: 6, height: 5).withCString { name in
            let long = String(repeating: "n", count: 254)
            #expect(rename(place.path(String(cString: name)).string, place.path("in/\(long)").string) == 0)
        }
        let finished = try infer("in", "-o", "out")
        #expect(finished.status == 1 && finished.errors.contains("cannot be written: File name too long"), "\(finished.errors)")
        #expect(finished.errors.contains("1 picture enlarged, 1 of 2 pictures are left out"), "\(finished.errors)")
    }

    @Test func aFolderWithoutAPictureIsAnError() throws {
        #expect(try infer("in", "-o", "out").failure() == "graphrun: in: holds no picture; those are PNG, JPEG and WebP files")
    }
}
