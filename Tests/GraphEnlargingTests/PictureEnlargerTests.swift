import Foundation
import GraphModel
import GraphRuntime
import GraphImaging
import GraphTestSupport
import SystemPackage
import Testing

@testable import GraphEnlarging

/// What programs use: a model from text, pictures in memory and in files.
struct PictureEnlargerTests {
    private let folder = FilePath(FileManager.default.temporaryDirectory.path)
        .appending("GraphEnlargingTests-\(UUID().uuidString)")

    private func picture(_ width: Int, _ height: Int) -> Picture { SmallModels.picture(width, height) }

    @Test(arguments: [Bands.automatic, .whole, .rows(1), .rows(2), .rows(64)])
    func picturesOfManySizesOneAfterAnother(_ bands: Bands) throws {
        let enlarger = try PictureEnlarger(
            Model(source: SmallModels.twice), threadCount: 2, bands: bands)
        #expect(enlarger.scale == 2)
        for (width, height) in [(5, 7), (5, 7), (1, 1), (2, 9)] {
            let small = picture(width, height)
            let large = try enlarger.enlarged(small)
            #expect((large.width, large.height) == (2 * width, 2 * height))
            for y in 0..<large.height {
                for x in 0..<large.width {
                    for c in 0..<3 {
                        let expected = small.pixels[3 * (y / 2 * width + x / 2) + c] + 3
                        #expect(large.pixels[3 * (y * large.width + x) + c] == expected)
                    }
                }
            }
        }
    }

    @Test func aFileIsEnlargedAsAPictureInMemory() throws {
        try FileManager.default.createDirectory(atPath: folder.string, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(atPath: folder.string) }
        let (input, output) = (folder.appending("small.png"), folder.appending("large.png"))
        try picture(6, 5).writePNG(to: input)
        let enlarger = try PictureEnlarger(Model(source: SmallModels.twice), threadCount: 1)
        let report = try enlarger.enlarge(input, to: output)
        #expect((report.outputWidth, report.outputHeight) == (12, 10) && report.plan.byteCount > 0)
        #expect(try Picture(contentsOf: output) == enlarger.enlarged(picture(6, 5)))
    }

    @Test(arguments: [1, 3])
    func aFileInMemoryIsEnlargedToTheSameBytes(_ threadCount: Int) throws {
        let folder = TemporaryFolder()
        let enlarger = try PictureEnlarger(Model(source: SmallModels.sharp), threadCount: threadCount)
        for (width, height) in [(1, 1), (7, 5), (64, 33)] {
            let png = try picture(width, height).pngBytes()
            try enlarger.enlarge(folder.file("small.png", holding: png), to: folder.file("large.png"))
            #expect(try enlarger.enlarged(file: png) == fileBytes(folder.file("large.png")))
        }
    }

    /// The mean of a pixel's channels is written of a grey picture, whether it is a file or in memory.
    @Test func aGreyFileInMemoryStaysGrey() throws {
        let folder = TemporaryFolder()
        let enlarger = try PictureEnlarger(Model(source: SmallModels.sharp), threadCount: 1)
        let grey = try #require(
            Data(
                base64Encoded: "iVBORw0KGgoAAAANSUhEUgAAAAYAAAAFCAAAAABDM8I6AAAALElEQVR4nGNg0AioWHCCQdw+vX/7fQa9sLpl574x"
                    + "uOZO3fuUlyGmZc2VPyoA7yUPHSC3ZPQAAAAASUVORK5CYII="))
        try enlarger.enlarge(folder.file("grey.png", holding: Array(grey)), to: folder.file("large.png"))
        let large = try enlarger.enlarged(file: Array(grey))
        #expect(large == fileBytes(folder.file("large.png")))
        let pixels = try Picture(file: large).pixels
        #expect(stride(from: 0, to: pixels.count, by: 3).allSatisfy { Set(pixels[$0..<$0 + 3]).count == 1 })
    }

    @Test func rowsGoFromAndToWhereTheCallerHasThem() throws {
        let enlarger = try PictureEnlarger(Model(source: SmallModels.sharp), threadCount: 2)
        let sink = TensorSink<UInt8>(count: 3 * 14 * 10, repeating: 0)
        try enlarger.enlarge(width: 7, height: 5, from: TensorSource(picture(7, 5).pixels), to: sink)
        #expect(try sink.values == enlarger.enlarged(picture(7, 5)).pixels)
        #expect(throws: EnlargingError.self) {
            try enlarger.enlarge(width: 7, height: 5, from: TensorSource([UInt8](repeating: 0, count: 9)), to: sink)
        }
    }

    @Test func bytesThatAreNoPNGAreRefused() throws {
        let enlarger = try PictureEnlarger(Model(source: SmallModels.twice), threadCount: 1)
        let png = try picture(9, 9).pngBytes()
        for bytes in [[], Array("GIF89a".utf8), Array(png.prefix(30)), Array(png.dropLast())] {
            #expect(throws: EnlargingError.self) { try enlarger.enlarged(file: bytes) }
        }
        #expect(try Picture(file: enlarger.enlarged(file: png)).width == 18)
    }

    /// A picture so wide that it is cut into strips of columns, in memory and in files.
    @Test func stripsOfColumnsChangeNoByte() throws {
        try FileManager.default.createDirectory(atPath: folder.string, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(atPath: folder.string) }
        let model = try Model(source: SmallModels.sharp)
        let wide = picture(1501, 9)
        let whole = try PictureEnlarger(model, threadCount: 2).enlarged(wide)
        let plan = try model.enlargingPlan(height: 9, width: 1501, threadCount: 2, bands: .rows(4)).plan.program
        let limit = model.residentByteCount + plan.byteCount(threadCount: 2) - plan.arenaByteCount / 2
        let enlarger = try PictureEnlarger(model, threadCount: 2, memoryLimit: limit)
        #expect(try enlarger.enlarged(wide) == whole)
        let (input, output) = (folder.appending("wide.png"), folder.appending("large.png"))
        try wide.writePNG(to: input)
        let report = try enlarger.enlarge(input, to: output)
        #expect(report.plan.stripCount > 1 && report.plan.recomputedShare > 0 && report.plan.recomputedShare < 0.5)
        #expect(report.plan.description.contains("strips of columns"))
        #expect(try Picture(contentsOf: output) == whole)
        #expect(try enlarger.enlarged(file: wide.pngBytes()) == fileBytes(output))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.string).sorted() == ["large.png", "wide.png"])
        // Damage shows in the rows of every strip; nothing is left behind.
        let bytes = try Data(contentsOf: URL(fileURLWithPath: input.string))
        try bytes.prefix(bytes.count / 2).write(to: URL(fileURLWithPath: input.string))
        try FileManager.default.removeItem(atPath: output.string)
        #expect(throws: EnlargingError.self) { try enlarger.enlarge(input, to: output) }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.string) == ["wide.png"])
        #expect(throws: EnlargingError.self) {
            try PictureEnlarger(model, threadCount: 2, memoryLimit: 1 << 20).enlarged(wide)
        }
    }

    @Test(arguments: [
        "graph g(x: f32[N, 4]) -> (y: f32[N, 4]) { y = x }",
        "graph g(lr: u8[N, H, W, 3]) -> (y: u8[N, H, W, 1]) { y = u8(slice(f32(lr), axis = 3, start = 0, length = 1)) }",
    ])
    func aModelThatEnlargesNothingIsRefused(_ text: String) throws {
        let model = try Model(source: SourceText(text, name: "g.graph"))
        #expect(throws: EnlargingError.self) { try PictureEnlarger(model, threadCount: 1) }
    }
}
