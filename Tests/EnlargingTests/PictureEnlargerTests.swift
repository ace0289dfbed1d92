import Foundation
import GraphModel
import Imaging
import Testing

@testable import Enlarging

/// What programs use: a model from text, pictures in memory and in files.
struct PictureEnlargerTests {
    private let folder = FileManager.default.temporaryDirectory.path + "/EnlargingTests-\(UUID().uuidString)"

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

    /// A picture so wide that it is cut into strips of columns, in memory and in files.
    @Test func stripsOfColumnsChangeNoByte() throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let text = """
            graph sharp(lr: u8[N, H, W, 3]) -> (image: u8[N, 2*H, 2*W, 3]) {
              h = relu(conv3x3<16>(f32(lr) / 255) @a)
              u = depth_to_space(conv3x3<12>(h) @b, block = 2)
              image = u8(round(clip(255 * u, 0, 255)))
            }
            block conv3x3<out: int>(x: f32[N, H, W, C]) -> (y: f32[N, H, W, out]) {
              weight filter: f32[3, 3, C, out] ~ glorot_uniform
              y = conv2d(x, filter, pad = same)
            }
            """
        let model = try Model(source: SourceText(text, name: "sharp.graph"))
        let wide = picture(1501, 9)
        let whole = try PictureEnlarger(model, threadCount: 2).enlarged(wide)
        let plan = try model.enlargingPlan(height: 9, width: 1501, threadCount: 2, bands: .rows(4)).plan.program
        let limit = model.residentByteCount + plan.byteCount(threadCount: 2) - plan.arenaByteCount / 2
        let enlarger = try PictureEnlarger(model, threadCount: 2, memoryLimit: limit)
        #expect(try enlarger.enlarged(wide) == whole)
        let (input, output) = (folder + "/wide.png", folder + "/large.png")
        try wide.writePNG(to: input)
        let report = try enlarger.enlarge(input, to: output)
        #expect(report.plan.stripCount > 1 && report.plan.recomputedShare > 0 && report.plan.recomputedShare < 0.5)
        #expect(report.plan.description.contains("strips of columns"))
        #expect(try Picture(contentsOfPNG: output) == whole)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder).sorted() == ["large.png", "wide.png"])
        // Damage shows in the rows of every strip; nothing is left behind.
        let bytes = try Data(contentsOf: URL(fileURLWithPath: input))
        try bytes.prefix(bytes.count / 2).write(to: URL(fileURLWithPath: input))
        try FileManager.default.removeItem(atPath: output)
        #expect(throws: EnlargingError.self) { try enlarger.enlarge(input, to: output) }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["wide.png"])
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
