import Foundation
import GraphImaging
import Testing

struct PrepareTests {
    private func place() throws -> Workplace {
        let place = try Workplace()
        try FileManager.default.createDirectory(at: place.url("photos/more"), withIntermediateDirectories: true)
        for (seed, name) in ["1", "2", "more/3"].enumerated() {
            try Picture(syntheticWidth: 120, height: 100, seed: UInt64(seed))
                .writePNG(to: place.path("photos/\(name).png"))
        }
        _ = try place.file("photos/notes.txt", "no picture at all".utf8)
        return place
    }

    @Test func whatWasDoneIsSaid() throws {
        let place = try place()
        let command = ["prepare", "photos", "-o", "set", "--scale", "4,2", "--valid", "1"]
        let dropped = "photos/notes.txt: dropped, is a text, not a PNG, JPEG or WebP file\n4 photographs: 3 kept, 1 dropped\n"
        let counts = "set: 2 to train on, 1 to validate on, for x2 and x4; "
        #expect(try place.graphrun(command).success() == dropped + counts + "9 files written, 0 were there\n")
        #expect(try place.graphrun(command).success() == dropped + counts + "0 files written, 9 were there\n")
        // The set is one to measure on and to train on.
        _ = try place.graphc("compile", Models.path("edsr"), "-D", "filters=4", "-D", "blocks=1", "-o", "model.gpack").success()
        let measured = try place.graphrun("eval", "model.gpack", "--data", "set").success()
        #expect(measured.contains("1 picture, 1 low-resolution one from set/DIV2K_valid_LR_bicubic/X4\n"), "\(measured)")
        let trained = try place.graphrun(
            "train", "model.gpack", "--data", "set", "--out", "run", "--epochs", "1", "--steps-per-epoch", "1", "--batch", "1")
        let line = "set/DIV2K_train_HR: 2 pictures, 2 low-resolution ones from set/DIV2K_train_LR_bicubic/X4\n"
        #expect(trained.status == 0 && trained.errors.hasPrefix(line), "\(trained.errors)")
    }

    @Test func whatCannotBeDone() throws {
        let place = try place()
        func failure(_ arguments: String...) throws -> String { try place.graphrun(["prepare"] + arguments).failure() }
        #expect(try failure("no", "-o", "set") == "graphrun: no: no such file; is the name right?")
        #expect(
            try failure("photos/1.png", "-o", "set")
                == "graphrun: 1 of 1 photographs is good for a data set, and it takes 2; add others")
        try FileManager.default.createDirectory(at: place.url("set/DIV2K_train_HR"), withIntermediateDirectories: true)
        let finished = try place.graphrun("prepare", "photos", "-o", "set")
        #expect(finished.status == 1 && finished.output == "photos/notes.txt: dropped, is a text, not a PNG, JPEG or WebP file\n")
        #expect(
            finished.errors == "graphrun: set/DIV2K_train_HR: holds pictures that were not made here; name another folder\n")
    }

    @Test(arguments: [
        ["-o", "set"], ["photos"], ["photos", "-o", "set", "--scale", "1"], ["photos", "-o", "set", "--scale", "2,2"],
        ["photos", "-o", "set", "--scale", "2,"], ["photos", "-o", "set", "--scale", "9"],
        ["photos", "-o", "set", "--valid", "1.5"], ["photos", "-o", "set", "--threads", "0"],
    ])
    func wrongUse(_ arguments: [String]) throws {
        let finished = try Workplace().graphrun(["prepare"] + arguments)
        #expect(finished.status == 64 && finished.output.isEmpty && finished.errors.contains("Usage: graphrun prepare"))
    }
}
