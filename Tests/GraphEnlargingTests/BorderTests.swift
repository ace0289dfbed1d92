import GraphRuntime
import GraphImaging
import GraphModel
import Testing

@testable import GraphEnlarging

/// What a network sees beyond a picture, and that none of it is left in the result.
struct BorderTests {
    @Test func placesAreMirroredWithTheOutermostOneRepeated() {
        #expect((-4..<7).map { mirrored($0, 3) } == [2, 2, 1, 0, 0, 1, 2, 2, 1, 0, 0])
        #expect((-3..<4).map { mirrored($0, 1) } == [0, 0, 0, 0, 0, 0, 0])
    }

    @Test(arguments: [(1, 1), (2, 3), (5, 9), (8, 6)])
    func rowsComeWithTheirMirroredBorder(_ width: Int, _ height: Int) throws {
        let border = 6
        let picture = SmallModels.picture(width, height)
        let source = MirroredRowSource(
            TensorSource(picture.pixels), width: width, height: height, border: border, pixelByteCount: 3)
        var row = [UInt8](repeating: 0, count: 3 * (width + 2 * border))
        for y in 0..<height + 2 * border {
            try row.withUnsafeMutableBytes { try source.fill(row: y, into: $0) }
            let expected = (0..<width + 2 * border).flatMap { x in
                let color = picture[mirrored(x - border, width), mirrored(y - border, height)]
                return [color.red, color.green, color.blue]
            }
            #expect(row == expected, "row \(y)")
        }
    }

    /// The picture with its border made by hand, enlarged as the network was trained.
    @Test(arguments: [Bands.whole, .rows(1), .rows(4), .automatic], [1, 3])
    func theResultIsThatOfTheMirroredPictureCutOut(_ bands: Bands, _ threadCount: Int) throws {
        let model = try Model(source: SmallModels.sharp)
        let border = Border.mirror.width
        let enlarger = try PictureEnlarger(model, threadCount: threadCount, bands: bands)
        let plain = try PictureEnlarger(model, threadCount: threadCount, border: .zero)
        for (width, height) in [(1, 1), (3, 2), (17, 9)] {
            let picture = SmallModels.picture(width, height)
            var wide = Picture(width: width + 2 * border, height: height + 2 * border)
            for y in 0..<wide.height {
                for x in 0..<wide.width { wide[x, y] = picture[mirrored(x - border, width), mirrored(y - border, height)] }
            }
            let large = try plain.enlarged(wide)
            let result = try enlarger.enlarged(picture)
            for y in 0..<2 * height {
                for x in 0..<2 * width { #expect(result[x, y] == large[x + 2 * border, y + 2 * border]) }
            }
        }
    }
}
