import Foundation
import GraphImaging
import Testing

struct EvalTests {
    /// A place with a model for a scale of 3, and true pictures in the folder `set/HR`.
    private func place() throws -> Workplace {
        let place = try Workplace()
        _ = try place.graphc("compile", Models.path("espcn"), "-o", "model.gpack").success()
        try FileManager.default.createDirectory(at: place.url("set/HR"), withIntermediateDirectories: true)
        for name in ["a", "b"] { _ = try place.picture("set/HR/\(name).png", width: 64, height: 49) }
        return place
    }

    private func folder(_ place: Workplace, _ name: String, width: Int, height: Int) throws {
        try FileManager.default.createDirectory(at: place.url(name), withIntermediateDirectories: true)
        for picture in ["a", "b"] { _ = try place.picture("\(name)/\(picture)x3.png", width: width, height: height) }
    }

    @Test func formatsAndProtocols() throws {
        let place = try place()
        func eval(_ more: String...) throws -> String {
            try place.graphrun(["eval", "model.gpack", "--data", "set"] + more).success()
        }
        let lines = try eval().split(separator: "\n").map(String.init)
        #expect(lines[0] == "x3, border of 3 pixels left out, on Y: protocol paper")
        #expect(lines[1] == "set/HR: 2 pictures, their low-resolution ones made by bicubic reduction")
        #expect(lines.last?.hasPrefix("mean ") == true)
        #expect(try eval("--protocol", "div2k").hasPrefix("x3, border of 9 pixels left out, on RGB: protocol div2k\n"))
        #expect(
            try eval("--protocol", "rgb", "--border", "1").hasPrefix("x3, border of 1 pixel left out, on RGB: protocol rgb\n"))
        #expect(try eval("--format", "csv").hasPrefix("picture,psnr,ssim,bicubic_psnr,bicubic_ssim\na,"))
        let json = try JSONSerialization.jsonObject(with: Data(eval("--format", "json").utf8)) as? [String: Any]
        #expect((json?["pictures"] as? [Any])?.count == 2 && json?["source"] as? String == lines[1])
    }

    @Test func givenLowResolutionPicturesAreUsedOrRefused() throws {
        let place = try place()
        func eval(_ more: String...) throws -> Finished {
            try place.graphrun(["eval", "model.gpack", "--data", "set"] + more)
        }
        try folder(place, "set/LR_bicubic/X3", width: 22, height: 17)
        let found = "2 pictures, 2 low-resolution ones from set/LR_bicubic/X3\n"
        #expect(try eval().success().contains(found))
        try folder(place, "other", width: 21, height: 16)
        #expect(try eval("--lr", "other").success().contains("2 pictures, 2 low-resolution ones from other\n"))
        try folder(place, "other", width: 20, height: 16)
        #expect(
            try eval("--lr", "other").failure()
                == "graphrun: other/ax3.png: 20×16 pixels are not those of set/HR/a.png divided by 3, 21×16 or, rounded up, "
                + "22×17; put the right picture there, or move its folder away to have all made")
        try FileManager.default.removeItem(at: place.url("set/LR_bicubic/X3/bx3.png"))
        #expect(try eval().failure().hasPrefix("graphrun: set/LR_bicubic/X3: 1 of 2 pictures have no low-resolution one"))
        #expect(try eval("--lr", "missing").failure() == "graphrun: missing: there is no such folder; is the name right?")
    }

    @Test(arguments: [
        ["eval"], ["eval", "--data", "set", "--protocol", "y"], ["eval", "--data", "set", "--format", "xml"],
        ["eval", "--data", "set", "--border", "-1"],
    ])
    func wrongUse(_ arguments: [String]) throws {
        let finished = try Workplace().graphrun(arguments)
        #expect(finished.status == 64 && finished.output.isEmpty && finished.errors.contains("Usage: graphrun eval"))
    }
}
