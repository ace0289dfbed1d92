import Foundation
import Imaging
import Model
import Testing

/// What programs use: a model from text, pictures in memory and in files.
struct PictureEnlargerTests {
    private let folder = FileManager.default.temporaryDirectory.path + "/ModelTests-\(UUID().uuidString)"

    /// Each pixel twice in both directions, and 3 added.
    private let model = """
        graph twice(lr: u8[N, H, W, 3]) -> (image: u8[N, 2*H, 2*W, 3]) {
          x = f32(lr) + 3
          image = u8(depth_to_space(concat(x, x, x, x), block = 2))
        }
        """

    private func picture(_ width: Int, _ height: Int) -> Picture {
        Picture(width: width, height: height, pixels: (0..<3 * width * height).map { UInt8($0 * 7 % 250) })
    }

    @Test(arguments: [Bands.automatic, .whole, .rows(1), .rows(2), .rows(64)])
    func picturesOfManySizesOneAfterAnother(_ bands: Bands) throws {
        let enlarger = try PictureEnlarger(
            Model(source: SourceText(model, name: "twice.graph")), threadCount: 2, bands: bands)
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
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let (input, output) = (folder + "/small.png", folder + "/large.png")
        try picture(6, 5).writePNG(to: input)
        let enlarger = try PictureEnlarger(Model(source: SourceText(model, name: "twice.graph")), threadCount: 1)
        let report = try enlarger.enlarge(input, to: output)
        #expect((report.outputWidth, report.outputHeight) == (12, 10) && report.plan.byteCount > 0)
        #expect(try Picture(contentsOfPNG: output) == enlarger.enlarged(picture(6, 5)))
    }

    @Test func anOutputThatIsAnInputIsRefused() throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let file = folder + "/small.png"
        try picture(1, 1).writePNG(to: file)
        #expect(throws: ModelError.self) { try checkOutput(file, replacesNoneOf: ["elsewhere", file]) }
        #expect(throws: ModelError.self) { try checkOutput(folder + "/./small.png", replacesNoneOf: [file]) }
        try checkOutput(folder + "/large.png", replacesNoneOf: [file])
        try checkOutput("/dev/null", replacesNoneOf: ["/dev/null"])
    }

    @Test(arguments: [
        "graph g(x: f32[N, 4]) -> (y: f32[N, 4]) { y = x }",
        "graph g(lr: u8[N, H, W, 3]) -> (y: u8[N, H, W, 1]) { y = u8(slice(f32(lr), axis = 3, start = 0, length = 1)) }",
    ])
    func aModelThatEnlargesNothingIsRefused(_ text: String) throws {
        let model = try Model(source: SourceText(text, name: "g.graph"))
        #expect(throws: ModelError.self) { try PictureEnlarger(model, threadCount: 1) }
    }
}
